import type { JSX } from 'preact';
import { many } from '../words.ts';

/** How far it is; before its listing ended nobody knows. */
export function Progress({ done, total }: { done: number; total: number }): JSX.Element {
  if (total === 0) return <progress aria-label="It lists what there is" />;
  return (
    <span class="progress">
      <progress value={done} max={total} aria-label="Targets that are up to date" /> {done} of{' '}
      {many(total, 'target')}
    </span>
  );
}

/** Outcomes by code, the most frequent first. */
export function Outcomes({ counts }: { counts: Readonly<Record<string, number>> }): JSX.Element | null {
  const sorted = Object.entries(counts).toSorted(([, a], [, b]) => b - a);
  if (sorted.length === 0) return null;
  return (
    <p class="outcomes">
      {sorted.map(([code, count]) => (
        <span key={code}>
          <span class="code">{code}</span> {count.toLocaleString('en')}
        </span>
      ))}
    </p>
  );
}
