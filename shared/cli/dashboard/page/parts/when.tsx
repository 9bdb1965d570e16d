import type { JSX } from 'preact';
import { agoText } from '../words.ts';

/** How long ago, or in how long; the exact time for whoever points at it. */
export function When({ at, none = '' }: { at: string | undefined; none?: string }): JSX.Element {
  if (at === undefined) return <span class="dim">{none}</span>;
  const ms = Date.now() - Date.parse(at);
  return (
    <time dateTime={at} title={new Date(at).toLocaleString('en')}>
      {ms >= 0 ? `${agoText(ms)} ago` : `in ${agoText(-ms)}`}
    </time>
  );
}
