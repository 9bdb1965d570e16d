import type { ComponentChildren, JSX } from 'preact';

/** What could not be done or read. */
export function Failure({ text }: { text: string | undefined }): JSX.Element | null {
  if (text === undefined) return null;
  return (
    <p class="notice bad" role="alert">
      {text}
    </p>
  );
}

/** Nothing to show, and why. */
export function Empty({ children }: { children: ComponentChildren }): JSX.Element {
  return <p class="empty">{children}</p>;
}

function Loading(): JSX.Element {
  return (
    <p class="empty" role="status">
      Reading the tables …
    </p>
  );
}

/** Why there is nothing to be seen, or not the newest. */
export function Reading({
  data,
  failure,
}: {
  data: unknown;
  failure: string | undefined;
}): JSX.Element | null {
  return data === undefined && failure === undefined ? <Loading /> : <Failure text={failure} />;
}
