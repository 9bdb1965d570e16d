/** Times are ms since the epoch, spans of time ms. */
export type Row = Readonly<Record<string, unknown>>;

const isNothing = (value: unknown): boolean => value === undefined || value === null || value === '';

export function textOf(value: unknown): string {
  if (isNothing(value)) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value as string | number | boolean);
}

function jsonOf(text: unknown): unknown {
  try {
    return JSON.parse(textOf(text)) as unknown;
  } catch {
    return null;
  }
}

const numberOf = (value: unknown): number | null =>
  isNothing(value) || Number.isNaN(Number(value)) ? null : Number(value);

/** The scalar functions that the queries use; another one is not evaluated, and so fails its test. */
export const FUNCTIONS: Readonly<Record<string, (...args: never[]) => unknown>> = {
  bin: (value: number, size: number) => Math.floor(value / size) * size,
  coalesce: (...values: unknown[]) => values.find((value) => !isNothing(value)) ?? null,
  iff: (condition: unknown, yes: unknown, no: unknown) => (condition === true ? yes : no),
  isempty: isNothing,
  isnotempty: (value: unknown) => !isNothing(value),
  isnotnull: (value: unknown) => value !== null && value !== undefined,
  not: (value: unknown) => value !== true,
  parse_json: jsonOf,
  strcat: (...parts: unknown[]) => parts.map(textOf).join(''),
  tobool: (value: unknown) => textOf(value).toLowerCase() === 'true',
  todatetime: (value: unknown) => (isNothing(value) ? null : Date.parse(textOf(value))),
  tolong: numberOf,
  tolower: (value: unknown) => textOf(value).toLowerCase(),
  tostring: textOf,
};

type Value = (row: Row) => unknown;

const numbers = (rows: readonly Row[], value: Value): number[] =>
  rows.map(value).filter((one): one is number => typeof one === 'number');

/** Of no values there is neither. */
const largest = (values: readonly number[]): number | null =>
  values.length === 0 ? null : Math.max(...values);
const smallest = (values: readonly number[]): number | null =>
  values.length === 0 ? null : Math.min(...values);

/** The aggregates that the queries use: rows of one group and the arguments, to one value. */
export const AGGREGATES: Readonly<Record<string, (rows: readonly Row[], args: readonly Value[]) => unknown>> =
  {
    count: (rows) => rows.length,
    countif: (rows, [is = () => false]) => rows.filter((row) => is(row) === true).length,
    dcount: (rows, [value = () => null]) => new Set(rows.map(value)).size,
    make_set: (rows, [value = () => null]) => [...new Set(rows.map(value))],
    max: (rows, [value = () => null]) => largest(numbers(rows, value)),
    maxif: (rows, [value = () => null, is = () => false]) =>
      largest(
        numbers(
          rows.filter((row) => is(row) === true),
          value,
        ),
      ),
    min: (rows, [value = () => null]) => smallest(numbers(rows, value)),
    minif: (rows, [value = () => null, is = () => false]) =>
      smallest(
        numbers(
          rows.filter((row) => is(row) === true),
          value,
        ),
      ),
    percentile: (rows, [value = () => null, share = () => 50]) => {
      const sorted = numbers(rows, value).toSorted((a, b) => a - b);
      const at = Math.ceil((Number(share({})) / 100) * sorted.length) - 1;
      return sorted[Math.max(0, at)] ?? null;
    },
    take_any: (rows, [value = () => null]) => (rows[0] === undefined ? null : value(rows[0])),
  };
