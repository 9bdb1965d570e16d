import { CODES } from '../../errors.ts';
import type { Code } from '../../errors.ts';
import type { RunStatus } from '../../status/run.ts';
import type { ExitCode } from '../terminal/io.ts';
import { EXIT } from '../terminal/io.ts';

const isCode = (text: string): text is Code => Object.hasOwn(CODES, text);

/** Good news in a reconcile, but not what somebody wants who asked for one secret, or for a plan. */
const WANTING: Readonly<Partial<Record<RunStatus['kind'], readonly string[]>>> = {
  push: ['NO_ROUTE', 'PAUSED', 'SOURCE_NOT_YET_VALID'],
  plan: ['PLANNED'],
};

/** Whether an outcome needs somebody's eye: anything that is not done, and not a mere state. */
function needsAnEye(kind: RunStatus['kind'], code: string): boolean {
  if (code === 'OK') return false;
  if (!isCode(code)) return true;
  return (
    CODES[code].level !== 'info' || CODES[code].retry !== 'no' || (WANTING[kind]?.includes(code) ?? false)
  );
}

/** A check says what it found in words; the others by codes. */
function marksOf({ kind, counts, lines }: RunStatus): string[] {
  return kind === 'check' ? lines.map((line) => line.split(/[ :]/, 1).join('')) : Object.keys(counts);
}

/** 1 when something could not be done at all, 2 when something differs or needs a person. */
export function exitOf(rows: readonly RunStatus[]): ExitCode {
  if (rows.some((row) => row.state === 'failed' || row.state === 'running')) return EXIT.failed;
  if (rows.some((row) => row.kind === 'check' && marksOf(row).includes('FAIL'))) return EXIT.failed;
  const eye = rows.some((row) => marksOf(row).some((mark) => needsAnEye(row.kind, mark)));
  return eye ? EXIT.differs : EXIT.ok;
}
