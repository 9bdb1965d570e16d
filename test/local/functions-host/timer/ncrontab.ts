import { parseTimeSpan } from '../settings/time-span.ts';

/** The first occurrence after a time, to the second, in UTC; undefined when there is none within ten years. */
export type Schedule = (after: Date) => Date | undefined;

interface Field {
  name: string;
  min: number;
  max: number;
  names?: string[];
}

/** In the order in which a beginning such as `j` is looked for. */
const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];
const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const FIELDS: Field[] = [
  { name: 'second', min: 0, max: 59 },
  { name: 'minute', min: 0, max: 59 },
  { name: 'hour', min: 0, max: 23 },
  { name: 'day', min: 1, max: 31 },
  { name: 'month', min: 1, max: 12, names: MONTHS },
  { name: 'day of the week', min: 0, max: 6, names: DAYS },
];
const YEARS = 10;

function parseNumber(text: string, field: Field): number {
  const isNumber = /^\d+$/.test(text);
  const named = field.names?.findIndex((name) => name.startsWith(text.toLowerCase())) ?? -1;
  const value = isNumber ? Number(text) : named < 0 || text === '' ? Number.NaN : named + field.min;
  if (!(value >= field.min && value <= field.max)) throw new Error(`${text} is no ${field.name}`);
  return value;
}

const ITEM = /^(?:(?<all>\*)|(?<from>[^*/-]+)(?:-(?<to>[^/-]+))?)(?:\/(?<step>\d+))?$/;

/** The first and the last value of an item, in that order. */
function boundsOf({ all, from = '', to, step }: Record<string, string | undefined>, field: Field) {
  if (all !== undefined) return [field.min, field.max] as const;
  const start = parseNumber(from, field);
  if (to === undefined) return [start, step === undefined ? start : field.max] as const;
  const end = parseNumber(to, field);
  return start <= end ? ([start, end] as const) : ([end, start] as const);
}

/**
 * One item of a list: `*`, `5`, `1-5`, each with an optional step `/n`; `5/n` counts from 5 to the end. A range whose end
 * is before its start is read the other way round, so `22-2` is 2 to 22; a step of 0 is one of 1.
 */
function parseItem(text: string, field: Field): number[] {
  const { groups } = ITEM.exec(text) ?? {};
  if (groups === undefined) throw new Error(`${text} is no ${field.name}`);
  const [first, last] = boundsOf(groups, field);
  const step = Math.max(1, Number(groups['step'] ?? 1));
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, index) => first + index * step);
}

type Fits = (value: number) => boolean;

function parseField(text: string, field: Field): Fits {
  const values = new Set(text.split(',').flatMap((item) => parseItem(item, field)));
  return (value) => values.has(value);
}

/** The start of the next month, day, hour, minute or second, whichever does not fit first; undefined when all do. */
function skip(time: Date, fields: Record<'second' | 'minute' | 'hour' | 'day' | 'month' | 'weekday', Fits>) {
  const [year, month, day] = [time.getUTCFullYear(), time.getUTCMonth(), time.getUTCDate()];
  const [hour, minute, second] = [time.getUTCHours(), time.getUTCMinutes(), time.getUTCSeconds()];
  const steps = [
    { fits: fields.month(month + 1), next: [year, month + 1, 1] },
    // Both day fields must fit, unlike in cron.
    { fits: fields.day(day) && fields.weekday(time.getUTCDay()), next: [year, month, day + 1] },
    { fits: fields.hour(hour), next: [year, month, day, hour + 1] },
    { fits: fields.minute(minute), next: [year, month, day, hour, minute + 1] },
    { fits: fields.second(second), next: [year, month, day, hour, minute, second + 1] },
  ];
  const step = steps.find(({ fits }) => !fits);
  return step && new Date(Date.UTC(...(step.next as Parameters<typeof Date.UTC>)));
}

function nextMatch(after: Date, fields: Parameters<typeof skip>[1]): Date | undefined {
  const limit = after.getUTCFullYear() + YEARS;
  let time = new Date(Math.floor(after.getTime() / 1000) * 1000 + 1000);
  for (;;) {
    const later = skip(time, fields);
    if (!later) return time;
    if (later.getUTCFullYear() > limit) return undefined;
    time = later;
  }
}

/**
 * An NCRONTAB expression of six fields (seconds first) or five, or an interval `hh:mm:ss`, as NCrontab and .NET read them
 * in the real host: only spaces separate fields, a tab does not.
 * https://github.com/atifaziz/NCrontab/blob/master/NCrontab/CrontabFieldImpl.cs
 * @throws Error when it is none of them
 */
export function parseSchedule(text: string): Schedule {
  const interval = parseTimeSpan(text.trim());
  if (interval !== undefined && interval > 0) return (after) => new Date(after.getTime() + interval);
  const parts = text.split(' ').filter((part) => part !== '');
  const padded = parts.length === FIELDS.length - 1 ? ['0', ...parts] : parts;
  if (padded.length !== FIELDS.length) throw new Error(`"${text}" is no schedule`);
  const [second, minute, hour, day, month, weekday] = FIELDS.map((field, index) =>
    parseField(padded[index] ?? '', field),
  ) as [Fits, Fits, Fits, Fits, Fits, Fits];
  const fields = { second, minute, hour, day, month, weekday };
  return (after) => nextMatch(after, fields);
}
