/** One line of a check. `fix` is there for everything but OK: what to run, or to change, so that it becomes OK. */
export interface Verdict {
  level: 'OK' | 'WARN' | 'FAIL';
  step: string;
  found: string;
  fix?: string;
}

export const ok = (step: string, found: string): Verdict => ({ level: 'OK', step, found });
export const warn = (step: string, found: string, fix: string): Verdict => ({
  level: 'WARN',
  step,
  found,
  fix,
});
export const fail = (step: string, found: string, fix: string): Verdict => ({
  level: 'FAIL',
  step,
  found,
  fix,
});

/** `FAIL tls: … -> what to run` */
export function lineOf({ level, step, found, fix }: Verdict): string {
  return `${level} ${step}: ${found}${fix === undefined ? '' : ` -> ${fix}`}`;
}

export function countsOf(verdicts: readonly Verdict[]): Record<Verdict['level'], number> {
  const counts = { OK: 0, WARN: 0, FAIL: 0 };
  for (const { level } of verdicts) counts[level] += 1;
  return counts;
}

/** `a, b and 3 more` */
export function listed(names: readonly string[], most = 10): string {
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}
