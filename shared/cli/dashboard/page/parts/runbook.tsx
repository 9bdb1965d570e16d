import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Runbook } from '../../views.ts';
import { file } from '../api.ts';
import { Failure } from './notice.tsx';

let loaded: Promise<Runbook> | undefined;

/** What the runbook says of a code, read when somebody opens it. */
export function RunbookEntry({ code }: { code: string }): JSX.Element {
  const [book, setBook] = useState<Runbook>();
  const [failure, setFailure] = useState<string>();
  const open = (): void => {
    loaded ??= file<Runbook>('runbook.json');
    loaded.then(setBook, (error: unknown) => {
      loaded = undefined;
      setFailure(String(error));
    });
  };
  return (
    <details class="runbook" onToggle={({ currentTarget }) => currentTarget.open && open()}>
      <summary>What the runbook says of {code}</summary>
      <Failure text={failure} />
      <dl>
        {(book?.[code] ?? []).map(({ about, text }) => (
          <Said key={about} about={about} text={text} />
        ))}
      </dl>
    </details>
  );
}

function Said({ about, text }: Runbook[string][number]): JSX.Element {
  return (
    <>
      <dt>{about}</dt>
      <dd>{text.map((part, at) => (part.code ? <code key={at}>{part.text}</code> : part.text))}</dd>
    </>
  );
}
