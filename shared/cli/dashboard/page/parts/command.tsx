import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

/** A command line with a button that copies it. */
export function Command({ line }: { line: string }): JSX.Element {
  const [isCopied, setCopied] = useState(false);
  const copy = (): void => {
    void navigator.clipboard.writeText(line).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  };
  return (
    <span class="command">
      <code>{line}</code>
      <button type="button" class="small" onClick={copy} aria-label={`Copy: ${line}`}>
        {isCopied ? 'Copied' : 'Copy'}
      </button>
    </span>
  );
}
