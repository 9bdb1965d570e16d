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

/**
 * What is legal in a schedule and does not mean what it seems to: the host reads a range whose end is before its start the
 * other way round. Sentences that start with the variable's name.
 */
export function scheduleWarnings(schedule: string): string[] {
  return schedule.split(/ +/).flatMap((text, index) => {
    const { names = [] } = FIELDS[index] ?? {};
    const valueOf = (value: string): number => {
      const named = names.indexOf(value.toLowerCase());
      return named === -1 ? Number(value) : named;
    };
    return text.split(',').flatMap((item) => {
      const [range = ''] = item.split('/');
      const [from = '', to] = range.split('-');
      if (to === undefined || valueOf(from) <= valueOf(to)) return [];
      return [
        `RECONCILE_SCHEDULE has ${range}, which the host reads as ${to}-${from}; for both ends of a day write two ranges`,
      ];
    });
  });
}
