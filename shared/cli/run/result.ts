import { CODES } from '../../errors.ts';
import type { Code } from '../../errors.ts';
import { findingOf } from '../../output/run.ts';
import type { RunStatus } from '../../status/run.ts';
import { NO_CLUSTER } from '../../status/target.ts';
import type { Column } from '../output/table.ts';
import { fittedTable } from '../output/table.ts';
import { wrapped } from '../output/wrapped.ts';
import { harmless } from '../terminal/text.ts';
import type { ExitCode, Io } from '../terminal/io.ts';
import { EXIT } from '../terminal/io.ts';
import { findingLines } from './findings.ts';

const COLUMNS: readonly Column<RunStatus>[] = [
  { heading: 'CLUSTER', of: (row) => (row.cluster === NO_CLUSTER ? row.kind : row.cluster), least: 12 },
  { heading: 'STATE', of: ({ state }) => state, state: ({ state }) => state },
  { heading: 'TARGETS', of: ({ total }) => String(total), leaves: 1 },
  { heading: 'OUTCOMES', of: ({ counts }) => countsText(counts), least: 20 },
];

/** What became of a run at each of its clusters; a check says it in its findings alone. */
export function resultText(io: Io, rows: readonly RunStatus[], wide = false): string {
  const isCheck = rows.every((row) => row.kind === 'check');
  const table = isCheck ? [] : [fittedTable(io, COLUMNS, rows, wide)];
  return [...table, ...linesText(io, rows)].join('\n');
}

/** `DELIVERED 2, UNCHANGED 10`. */
export function countsText(counts: RunStatus['counts']): string {
  return Object.entries(counts)
    .map(([code, count]) => `${code} ${count}`)
    .join(', ');
}

/** The lines of runs, as the app wrote them for people; once for clusters of which the same is said, such as while a vault is down. */
export function linesText(io: Io, rows: readonly RunStatus[]): string[] {
  const groups = Map.groupBy(rows, ({ run, kind, lines, counts, cluster }) =>
    JSON.stringify([run, kind, lines, cluster === NO_CLUSTER || isHolding({ counts }) ? cluster : '']),
  );
  return [...groups.values()].flatMap((all) => groupText(io, all));
}

function groupText(io: Io, all: readonly RunStatus[]): string[] {
  const [first] = all;
  const lines = first === undefined ? [] : [...ownLines(io, first), ...heldHint(first)];
  if (first === undefined || lines.length === 0) return [];
  return first.cluster === NO_CLUSTER ? lines : [...wrapped(io, `${namesText(all)}:`), ...lines];
}

const NAMES_SHOWN = 20;

function namesText(all: readonly RunStatus[]): string {
  const names = all.slice(0, NAMES_SHOWN).map(({ cluster }) => cluster);
  return `${names.join(', ')}${all.length > NAMES_SHOWN ? ` and ${all.length - NAMES_SHOWN} more` : ''}`;
}

function ownLines(io: Io, { kind, lines }: RunStatus): string[] {
  if (kind === 'check') return findingLines(io, lines.map(findingOf));
  return lines.flatMap((line) => wrapped(io, line, '  '));
}

function isHolding({ counts }: Pick<RunStatus, 'counts'>): boolean {
  return (counts['REMOVAL_HELD'] ?? 0) > 0;
}

function heldHint({ cluster, run, counts }: RunStatus): string[] {
  if (!isHolding({ counts })) return [];
  return [
    `  Removals that wait for a person: ${counts['REMOVAL_HELD'] ?? 0}. To let them go:`,
    `  vaultcast reconcile --cluster ${harmless(cluster)} --confirm-removals ${run}`,
  ];
}

/**
 * 1 when something could not be done or looked at, 2 when something differs or needs a person. What another run took over
 * was not looked at by this one.
 */
export function exitOf(rows: readonly RunStatus[]): ExitCode {
  if (rows.some(({ state }) => state !== 'done')) return EXIT.failed;
  if (rows.some((row) => row.kind === 'check' && marksOf(row).includes('FAIL'))) return EXIT.failed;
  const eye = rows.some((row) => marksOf(row).some((mark) => needsAnEye(row.kind, mark)));
  return eye ? EXIT.differs : EXIT.ok;
}

/** A check says what it found in words; the others by codes. */
function marksOf({ kind, counts, lines }: RunStatus): string[] {
  return kind === 'check' ? lines.map((line) => line.split(/[ :]/, 1).join('')) : Object.keys(counts);
}

/** Good news in a reconcile, but not what somebody wants who asked for one secret, or for a plan. */
const WANTING: Readonly<Partial<Record<RunStatus['kind'], readonly string[]>>> = {
  push: ['NO_ROUTE', 'PAUSED', 'SOURCE_NOT_YET_VALID'],
  plan: ['PLANNED'],
};

/** Whether an outcome needs somebody's eye: anything that is not done, and not a mere state. */
function needsAnEye(kind: RunStatus['kind'], code: string): boolean {
  if (code === 'OK') return false;
  if (!isCode(code)) return true;
  const { level, retry } = CODES[code];
  return level !== 'info' || retry !== 'no' || (WANTING[kind]?.includes(code) ?? false);
}

function isCode(mark: string): mark is Code {
  return Object.hasOwn(CODES, mark);
}
