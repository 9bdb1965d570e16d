import type { Code } from '../../../shared/errors.ts';
import { APP, REMOVALS } from './app.ts';
import { CLUSTER } from './cluster.ts';
import type { Provocation, Unprovoked } from './provocation.ts';
import { TARGET } from './target.ts';
import { VAULT } from './vault.ts';

const UNPROVOKED = {
  INTERNAL: { why: 'a defect: whatever is known to bring it about is mended instead' },
} satisfies Partial<Record<Code, Unprovoked>>;

/** Each code has one of the two: how it comes about, or why nothing here brings it about. */
export const ALL: Readonly<Record<Code, Provocation | Unprovoked>> = {
  ...VAULT,
  ...TARGET,
  ...CLUSTER,
  ...REMOVALS,
  ...APP,
  ...UNPROVOKED,
};

type Listed = (readonly [Code, Provocation])[];
const listed = (some: Partial<Record<Code, Provocation>>): Listed =>
  Object.entries(some).map(([code, one]) => [code as Code, one]);

/** Each in its own namespace, so that they may come about at the same time. */
export const TOGETHER = listed({ ...VAULT, ...TARGET, ...CLUSTER, ...REMOVALS });
export const ALONE = listed(APP);

/** `CODE  how it was provoked`, for people who read what a run prints. */
export function table(): string {
  const lines = Object.entries(ALL).map(([code, one]) => [
    code,
    'how' in one ? one.how : `not provoked: ${one.why}`,
  ]);
  return lines.map(([code = '', how = '']) => `${code.padEnd(22)} ${how}`).join('\n');
}
