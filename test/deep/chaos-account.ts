import { isRetryable } from '../../shared/errors.ts';
import type { Code } from '../../shared/errors.ts';
import type { LogLine } from '../local/stack-log.ts';
import { idOf, SECRETS } from './chaos-fleet.ts';
import type { Target } from './chaos-fleet.ts';
import type { SentEvent } from './chaos-event-grid.ts';

export type Fate = 'delivered' | 'superseded' | 'refused' | 'given up';

const ARRIVED: ReadonlySet<Code> = new Set<Code>(['DELIVERED', 'UNCHANGED']);

export interface Account {
  /** Of every event for every target that wants its secret. */
  targets: Record<Fate, number>;
  /** Of every event: it is delivered when its version arrived anywhere. */
  events: Record<Fate, number>;
  /** Everything that ends in none of these; must be empty. */
  open: string[];
}

const none = (): Record<Fate, number> => ({ delivered: 0, superseded: 0, refused: 0, 'given up': 0 });

/** How each event ended, by the log alone. `versions` are those of a secret, oldest first. */
export function accountFor(
  events: readonly SentEvent[],
  lines: readonly LogLine[],
  versions: ReadonlyMap<string, readonly string[]>,
): Account {
  const byEvent = Map.groupBy(lines, ({ eventId }) => eventId);
  const account: Account = { targets: none(), events: none(), open: [] };
  for (const event of events) {
    const own = byEvent.get(event.id) ?? [];
    const fates = (targetsOf(event) ?? [undefined]).map((target) => {
      const last = lastOf(own, target);
      const fate = last && fateOf(last, event, versions.get(event.secret) ?? []);
      if (fate === undefined) account.open.push(describe(event, target, last));
      else account.targets[fate] += 1;
      return fate;
    });
    const whole = (['delivered', 'superseded', 'given up', 'refused'] as const).find((fate) =>
      fates.includes(fate),
    );
    if (whole !== undefined) account.events[whole] += 1;
  }
  return account;
}

function targetsOf({ secret }: SentEvent): Target[] | undefined {
  return SECRETS.find(({ name }) => name === secret)?.targets;
}

function lastOf(lines: readonly LogLine[], target: Target | undefined): LogLine | undefined {
  const own = lines.filter((line) => target === undefined || isAbout(line, target));
  return own.toSorted((a, b) => (a.time < b.time ? -1 : 1)).at(-1);
}

const isAbout = ({ cluster = '', namespace = '', name = '' }: LogLine, target: Target): boolean =>
  idOf({ cluster, namespace, name }) === idOf(target);

function fateOf(line: LogLine, event: SentEvent, versions: readonly string[]): Fate | undefined {
  const { code, version = '' } = line;
  if (isRetryable(code)) return undefined;
  if (code === 'SUPERSEDED') return 'superseded';
  if (code === 'GAVE_UP') return 'given up';
  if (!ARRIVED.has(code)) return 'refused';
  const age = versions.indexOf(version) - versions.indexOf(event.version);
  if (age < 0) return undefined;
  return age === 0 ? 'delivered' : 'superseded';
}

function describe(event: SentEvent, target: Target | undefined, line: LogLine | undefined): string {
  const where = target === undefined ? '' : ` at ${idOf(target)}`;
  return `event ${event.id} of ${event.secret}${where}: ${line ? `${line.code} ${line.message}` : 'no line'}`;
}

/** The latest version whose event matters, or nothing but the numbers. */
export function table(account: Account): string {
  const row = (what: string, fates: Record<Fate, number>): string =>
    `${what}: ${Object.entries(fates)
      .map(([fate, count]) => `${count} ${fate}`)
      .join(', ')}`;
  return [row('events', account.events), row('events at targets', account.targets)].join('\n');
}
