import { subjectText } from '../../output/problem.ts';
import type { Output } from '../../output/json-schema.ts';
import type { Io } from '../terminal/io.ts';
import { agoText, dateText, harmless, paint } from '../terminal/text.ts';
import type { Column } from './table.ts';
import { fittedTable } from './table.ts';
import { wrapped } from './wrapped.ts';

/** Problems of the same reason, place and cause: people act on all of them at once. */
interface Group {
  first: Output<'Problem'>;
  all: readonly Output<'Problem'>[];
}

/** A block per group: what, where, since when, how many; why; then once for each what helps. */
export function problemsText(io: Io, problems: readonly Output<'Problem'>[], wide: boolean): string {
  const groups = wide ? problems.map((first) => ({ first, all: [first] })) : grouped(problems);
  if (groups.length === 0) return '';
  const now = Date.now();
  const [heading = '', ...rows] = fittedTable(io, columns(now), groups, wide).split('\n');
  const blocks = groups.flatMap((group, at) => [rows[at] ?? '', ...detailLines(io, group)]);
  return [heading, ...blocks, ...helpLines(io, problems)].join('\n');
}

function grouped(problems: readonly Output<'Problem'>[]): Group[] {
  const keyOf = ({ metadata, spec, status }: Output<'Problem'>): string =>
    spec.about === 'target'
      ? [status.reason, status.state, spec.cluster, spec.namespace, spec.route].join(' ')
      : metadata.name;
  const groups = [...Map.groupBy(problems, keyOf).values()];
  return groups.flatMap((all) => (all[0] === undefined ? [] : [{ first: all[0], all }]));
}

function columns(now: number): Column<Group>[] {
  return [
    { heading: 'CLUSTER', of: ({ first }) => first.spec.cluster ?? '-', least: 12 },
    { heading: 'WHAT', of: whatText, least: 16 },
    {
      heading: 'STATE',
      of: ({ first }) => first.status.state,
      state: ({ first }) => first.status.state,
    },
    { heading: 'REASON', of: ({ first }) => first.status.reason, least: 10 },
    { heading: 'SINCE', of: ({ first, all }) => sinceText(first, all, now), leaves: 2 },
    { heading: 'TURN', of: ({ first }) => first.status.turn, leaves: 1 },
  ];
}

function whatText({ first, all }: Group): string {
  return all.length === 1 ? subjectText(first) : `${first.spec.namespace}: ${all.length} targets`;
}

/** Of several the one that waits longest. */
function sinceText(first: Output<'Problem'>, all: readonly Output<'Problem'>[], now: number): string {
  const dates = all.flatMap(({ status }) => (status.since === undefined ? [] : [Date.parse(status.since)]));
  return dates.length === 0 || first.status.since === undefined ? '' : agoText(now - Math.min(...dates));
}

const SHOWN = 5;

/** Why, which ones, and when they are tried again. */
function detailLines(io: Io, { first, all }: Group): string[] {
  const { message, nextRetry } = first.status;
  const names = all.map(({ spec }) => spec.name ?? '');
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '';
  return [
    ...wrapped(io, message, '    '),
    ...(all.length === 1 ? [] : wrapped(io, `${names.slice(0, SHOWN).join(', ')}${more}`, '    ')),
    ...(nextRetry === undefined ? [] : [`    next try at ${dateText(nextRetry)}`]),
    ...ackLines(io, all),
  ];
}

/** Who knows of it: of a group the first one who said so, and of how many. */
function ackLines(io: Io, all: readonly Output<'Problem'>[]): string[] {
  const known = all.flatMap(({ status }) => status.acknowledged ?? []);
  const [first] = known;
  if (first === undefined) return [];
  const many = all.length === 1 ? '' : ` (${known.length} of ${all.length})`;
  const why = first.reason === undefined ? '' : `: ${first.reason}`;
  return wrapped(io, `acknowledged${many} by ${first.by} (claimed) at ${dateText(first.at)}${why}`, '    ');
}

/** Each command once, however many problems it helps with. */
function helpLines(io: Io, problems: readonly Output<'Problem'>[]): string[] {
  const helps = [...new Set(problems.flatMap(({ status }) => status.help ?? []))];
  if (helps.length === 0) return [];
  return ['', paint(io, 'bold', 'What helps'), ...helps.map((help) => `  ${harmless(help)}`)];
}
