import { isRetryable } from '../../shared/errors.ts';
import type { Code } from '../../shared/errors.ts';
import type { LogLine } from '../local/stack/log.ts';
import type { SentEvent } from './chaos-event-grid.ts';

export interface Target {
  cluster: string;
  namespace: string;
  name: string;
}

export const idOf = ({ cluster, namespace, name }: Target): string => `${cluster}/${namespace}/${name}`;

/** What was to happen. */
export interface Plan {
  events: readonly SentEvent[];
  /** Where a secret goes; undefined: nowhere, so that an event of it ends without a target. */
  targetsOf(secret: string): readonly Target[] | undefined;
}

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

/** In this order an event's targets decide about the event. */
const FATES = ['delivered', 'superseded', 'given up', 'refused'] as const;

const none = (): Record<Fate, number> => ({ delivered: 0, superseded: 0, refused: 0, 'given up': 0 });

/** How each event ended, by the log alone. */
export function accountFor(plan: Plan, lines: readonly LogLine[]): Account {
  const byEvent = Map.groupBy(lines, ({ eventId }) => eventId);
  const versions = Map.groupBy(plan.events, ({ secret }) => secret);
  const account: Account = { targets: none(), events: none(), open: [] };
  for (const event of plan.events) {
    // A write tells of siblings that it brought, too, each in a line of its own; a name that is none is not told.
    const own = (byEvent.get(event.id) ?? []).filter(({ secret = event.secret }) => secret === event.secret);
    const known = (versions.get(event.secret) ?? []).map(({ version }) => version);
    const fates = (plan.targetsOf(event.secret) ?? [undefined]).map((target) => {
      const last = lastOf(own, target);
      const fate = last && fateOf(last, event, known);
      if (fate === undefined) account.open.push(describe(event, target, last));
      else account.targets[fate] += 1;
      return fate;
    });
    const whole = FATES.find((fate) => fates.includes(fate));
    if (whole !== undefined) account.events[whole] += 1;
  }
  return account;
}

function lastOf(lines: readonly LogLine[], target: Target | undefined): LogLine | undefined {
  const own = lines.filter((line) => target === undefined || isAbout(line, target) || isLeftToAnother(line));
  return own.toSorted((a, b) => Date.parse(a.time) - Date.parse(b.time)).at(-1);
}

/** Another event about the same secret goes on for it, at all of its targets. */
const isLeftToAnother = ({ code, cluster }: LogLine): boolean =>
  code === 'SUPERSEDED' && cluster === undefined;

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

/** The numbers, for people. */
export function table(account: Account): string {
  const row = (what: string, fates: Record<Fate, number>): string =>
    `${what}: ${Object.entries(fates)
      .map(([fate, count]) => `${count} ${fate}`)
      .join(', ')}`;
  return [row('events', account.events), row('events at targets', account.targets)].join('\n');
}
