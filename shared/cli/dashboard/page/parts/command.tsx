import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

/** A command line with a button that copies it. */
export function Command({ line }: { line: string }): JSX.Element {
  const [said, setSaid] = useState('Copy');
  const copy = (): void => {
    void navigator.clipboard.writeText(line).then(
      () => setSaid('Copied'),
      () => setSaid('Not copied'),
    );
  };
  return (
    <span class="command">
      <code>{line}</code>
      <button type="button" class="small" onClick={copy} aria-label={`${said}: ${line}`}>
        {said}
      </button>
    </span>
  );
}
