type Unit = 'ms' | 's' | 'CPU s' | 'MiB' | '';

/** What must be seen. */
type Goal = { atMost: number } | { atLeast: number } | { ratioAtMost: number };

/** One figure of a scenario. */
export interface Figure {
  what: string;
  /** Infinity: it did not come to that within the time it was given. */
  seen: number;
  unit: Unit;
  /** The same of a bare loop or of bare lists, measured in the same run. */
  floor?: number;
  goal?: Goal;
}

export interface Row extends Figure {
  scenario: string;
  ratio: number | undefined;
  isMet: boolean | undefined;
}

function isMet(goal: Goal, seen: number, ratio: number | undefined): boolean {
  if ('atMost' in goal) return seen <= goal.atMost;
  if ('atLeast' in goal) return seen >= goal.atLeast;
  return ratio !== undefined && ratio <= goal.ratioAtMost;
}

export function rowOf(scenario: string, figure: Figure): Row {
  const { seen, floor, goal } = figure;
  const ratio = floor === undefined ? undefined : seen / floor;
  return { scenario, ...figure, ratio, isMet: goal && isMet(goal, seen, ratio) };
}

/** Three digits that count. */
function numberText(value: number): string {
  if (value === Infinity) return 'never';
  return Math.abs(value) >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

const withUnit = (value: number, unit: Unit): string =>
  unit === '' || value === Infinity ? numberText(value) : `${numberText(value)} ${unit}`;

function goalText(goal: Goal, unit: Unit): string {
  if ('atMost' in goal) return `<= ${withUnit(goal.atMost, unit)}`;
  if ('atLeast' in goal) return `>= ${withUnit(goal.atLeast, unit)}`;
  return `<= ${goal.ratioAtMost} x`;
}

export const HEADING = ['scenario', 'figure', 'seen', 'floor', 'ratio', 'goal', ''] as const;

export function cellsOf({ scenario, what, seen, unit, floor, ratio, goal, isMet: met }: Row): string[] {
  const verdict = met === undefined ? '' : met ? 'ok' : 'not yet';
  return [
    scenario,
    what,
    withUnit(seen, unit),
    floor === undefined ? '' : withUnit(floor, unit),
    ratio === undefined ? '' : `${numberText(ratio)} x`,
    goal === undefined ? '' : goalText(goal, unit),
    verdict,
  ];
}
