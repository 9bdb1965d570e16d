import type { Parsed } from './parse.ts';
import { found } from './parse.ts';

const DEFAULT_SCHEDULE = '0 */15 * * * *';

interface Field {
  min: number;
  max: number;
  names: readonly string[];
}

const numbers = (min: number, max: number): Field => ({ min, max, names: [] });
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** {second} {minute} {hour} {day} {month} {day of week}, in UTC. */
const FIELDS: readonly Field[] = [
  numbers(0, 59),
  numbers(0, 59),
  numbers(0, 23),
  numbers(1, 31),
  { min: 1, max: 12, names: MONTHS },
  { min: 0, max: 6, names: DAYS },
];

function isValue(text: string, { min, max, names }: Field): boolean {
  if (names.includes(text.toLowerCase())) return true;
  return /^\d{1,2}$/.test(text) && Number(text) >= min && Number(text) <= max;
}

function isItem(item: string, field: Field): boolean {
  const [range = '', step, more] = item.split('/');
  if (more !== undefined || (step !== undefined && !/^[1-9]\d?$/.test(step))) return false;
  const [from = '', to, extra] = range.split('-');
  if (extra !== undefined) return false;
  return range === '*' || (isValue(from, field) && (to === undefined || isValue(to, field)));
}

/**
 * Six fields, separated by spaces as the host separates them: a tab is no separator to it, and a schedule with one disables
 * the timer. The five of cron would be read as something else by some, and intervals such as 00:15:00 work in App
 * Service plans only. https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer#ncrontab-expressions
 */
export function parseSchedule(text: string): Parsed<string> {
  if (text === '') return { value: DEFAULT_SCHEDULE, problems: [] };
  const fields = text.split(/ +/);
  const isSchedule =
    fields.length === FIELDS.length &&
    FIELDS.every((field, index) => fields[index]?.split(',').every((item) => isItem(item, field)));
  if (isSchedule) return { value: text, problems: [] };
  const wanted = `must be an NCRONTAB expression of six fields, such as ${DEFAULT_SCHEDULE}`;
  return { value: DEFAULT_SCHEDULE, problems: [`${wanted}; found ${found(text)}`] };
}

function valueOf(text: string, { min, names }: Field): number {
  const named = names.indexOf(text.toLowerCase());
  return named === -1 ? Number(text) : named + min;
}

interface Item {
  range: string;
  /** As they are written: a range may be the wrong way round. */
  from: number;
  to: number;
  step: number;
}

/** Of a legal field. */
function itemsOf(text: string, field: Field): Item[] {
  return text.split(',').map((item) => {
    const [range = '', step] = item.split('/');
    if (range === '*') return { range, from: field.min, to: field.max, step: Number(step ?? 1) };
    const [first = '', last] = range.split('-');
    const from = valueOf(first, field);
    const end = step === undefined ? from : field.max;
    return { range, from, to: last === undefined ? end : valueOf(last, field), step: Number(step ?? 1) };
  });
}

/** As the host reads it. */
function valuesOf({ from, to, step }: Item): number[] {
  const [first, last] = [Math.min(from, to), Math.max(from, to)];
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, index) => first + index * step);
}

const LONGEST_MONTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * What is legal in a schedule and does not mean what it seems to, as the host reads it. Sentences that start with the
 * variable's name.
 */
export function scheduleWarnings(schedule: string): string[] {
  const texts = schedule.split(/ +/);
  const items = FIELDS.map((field, index) => itemsOf(texts[index] ?? '*', field));
  const odd = [...reversedRanges(items.flat()), ...tooOften(texts, items), ...oddDays(texts, items)];
  return odd.map((one) => `RECONCILE_SCHEDULE has ${one}`);
}

function reversedRanges(items: readonly Item[]): string[] {
  const reversed = items.filter(({ from, to }) => from > to);
  return reversed.map(({ range }) => {
    const other = range.split('-').toReversed().join('-');
    return `${range}, which the host reads as ${other}; for both ends of a day write two ranges`;
  });
}

function tooOften([text = '']: readonly string[], [seconds = []]: readonly Item[][]): string[] {
  const isOften = new Set(seconds.flatMap(valuesOf)).size > 1;
  return isOften ? [`${text} for its seconds: runs start more than once a minute; write 0`] : [];
}

function oddDays(texts: readonly string[], items: readonly Item[][]): string[] {
  const [, , , day = '', month = '', weekday = ''] = texts;
  const [, , , days = [], months = []] = items;
  const first = Math.min(...days.flatMap(valuesOf));
  const comes = months.flatMap(valuesOf).some((one) => first <= (LONGEST_MONTHS[one - 1] ?? 0));
  const both = `day ${day} and weekday ${weekday}: both must fit, unlike in cron`;
  return [
    ...(comes ? [] : [`day ${day} of month ${month}, which never comes: no run starts by itself`]),
    ...(day === '*' || weekday === '*' ? [] : [both]),
  ];
}
