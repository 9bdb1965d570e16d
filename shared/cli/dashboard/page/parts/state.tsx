import type { JSX } from 'preact';

/** A state as shape, colour and word: who sees no colours loses nothing. */
export function State({ state, count }: { state: string; count?: number }): JSX.Element {
  return (
    <span class={`state state-${state}`}>
      <span class={`glyph glyph-${state}`} aria-hidden="true" />
      {count === undefined ? '' : `${count.toLocaleString('en')} `}
      {count === undefined || count === 1 ? wordOf(state) : (OF_MANY[state] ?? wordOf(state))}
    </span>
  );
}

/** Levels of clusters, as people say them. States of targets are the words of the documents. */
const WORDS: Readonly<Record<string, string>> = {
  down: 'out of reach',
  attention: 'needs a person',
  waiting: 'waits',
  unknown: 'not known',
  well: 'well',
};

/** Of several clusters. */
const OF_MANY: Readonly<Record<string, string>> = { attention: 'need a person', waiting: 'wait' };

export function wordOf(state: string): string {
  return WORDS[state] ?? state;
}

/** How many there are in each state, those that matter most first. */
export function Counts({ counts }: { counts: Readonly<Record<string, number>> }): JSX.Element {
  const states = Object.keys(counts).toSorted((a, b) => rankOf(a) - rankOf(b));
  return (
    <span class="counts">
      {states.map((state) => (
        <State key={state} state={state} count={counts[state] ?? 0} />
      ))}
    </span>
  );
}

/** The same as lengths, for the eye; the counts beside it say it in words. */
export function Bar({ counts }: { counts: Readonly<Record<string, number>> }): JSX.Element {
  const states = Object.keys(counts).toSorted((a, b) => rankOf(a) - rankOf(b));
  return (
    <span class="bar" aria-hidden="true">
      {states.map((state) => (
        <span key={state} class={`state-${state}`} style={{ flexGrow: counts[state] ?? 0 }} />
      ))}
    </span>
  );
}

const ORDER = [
  'failed',
  'refused',
  'pending',
  'degraded',
  'orphaned',
  'paused',
  'absent',
  'unknown',
  'synced',
];

export function rankOf(state: string): number {
  const at = ORDER.indexOf(state);
  return at < 0 ? ORDER.length : at;
}
