import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSchedule, scheduleWarnings } from '../../shared/config/schedule.ts';
import { parseSchedule as asTheHost } from '../local/functions-host/timer/ncrontab.ts';
import { reaching, SEED } from '../support/reach.ts';

const NOW = new Date('2026-11-20T10:07:30Z');

/** What people write, legal or not. */
const ODD = [
  '',
  '?',
  'L',
  '60',
  '7',
  '1-2-3',
  '1/2/3',
  '5/0',
  '*-5',
  '*/100',
  '1-5/99',
  '\t0',
  'january',
  'mon-1',
];

function fieldOf(min: number, max: number, ...names: string[]): fc.Arbitrary<string> {
  const one = fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min, max }).map(String) },
    fc.constantFrom('00', String(max), ...names),
  );
  const item = fc.oneof(
    { weight: 4, arbitrary: one },
    fc.constantFrom('*', '*/15', '*/99'),
    fc.tuple(one, one).map(([from, to]) => `${from}-${to}`),
    fc.tuple(one, fc.constantFrom('1', '5', '40')).map(([from, step]) => `${from}/${step}`),
  );
  const items = fc.array(item, { minLength: 1, maxLength: 2 }).map((all) => all.join(','));
  return fc.oneof({ weight: 12, arbitrary: items }, fc.constantFrom(...ODD));
}

const schedules = fc
  .tuple(
    fieldOf(0, 59),
    fieldOf(0, 59),
    fieldOf(0, 23),
    fieldOf(1, 31),
    fieldOf(1, 12, 'jan', 'DEC'),
    fieldOf(0, 6, 'mon', 'SUN'),
  )
  .map((fields) => fields.join(' '));

/** About the ends of months. */
const days = fc
  .tuple(
    fc.constantFrom('29', '30', '31', '30,31', '31-30', '31/5', '30/1', '29/2'),
    fc.constantFrom('2', 'FEB', '2/12', '2,4', '4', 'jun', '9-9', 'nov,6', '2-4', '*/11', '4-2'),
  )
  .map(([day, month]) => `0 0 0 ${day} ${month} *`);

const legal = (text: string): boolean => parseSchedule(text).problems.length === 0;

describe('a schedule that the app takes', () => {
  it('is taken by the host, too', ({ task }) =>
    reaching(task, { taken: 'often' }, (saw) => {
      const refusedThere = (text: string): boolean => {
        try {
          asTheHost(text);
          return false;
        } catch {
          return true;
        }
      };
      const holds = fc.property(schedules, (text) => {
        saw('taken', legal(text));
        expect({ text, refused: legal(text) && refusedThere(text) }).toEqual({ text, refused: false });
      });
      fc.assert(holds, { seed: SEED, numRuns: 5000 });
    }));

  it.each([
    ['0 0 0 31 2 *', 'day 31 of month 2, which never comes: no run starts by itself'],
    ['0 0 0 30 feb *', 'day 30 of month feb, which never comes: no run starts by itself'],
    ['0 0 0 31 4,jun,9,11 *', 'day 31 of month 4,jun,9,11, which never comes: no run starts by itself'],
    ['* */15 * * * *', '* for its seconds: runs start more than once a minute; write 0'],
    ['*/10 * * * * *', '*/10 for its seconds: runs start more than once a minute; write 0'],
    ['0,30 * * * * *', '0,30 for its seconds: runs start more than once a minute; write 0'],
    ['0 0 3 1 * mon', 'day 1 and weekday mon: both must fit, unlike in cron'],
    ['0 0 22-2 * * *', '22-2, which the host reads as 2-22; for both ends of a day write two ranges'],
    ['0 0 0 * dec-1 *', 'dec-1, which the host reads as 1-dec; for both ends of a day write two ranges'],
  ])('%s is warned about', (text, said) => {
    expect(parseSchedule(text).problems).toEqual([]);
    expect(scheduleWarnings(text)).toEqual([`RECONCILE_SCHEDULE has ${said}`]);
  });

  it.each([
    '0 */15 * * * *',
    '0 0 0 29 2 *',
    '0 0 0 31 1-3 *',
    '59 0 0 * 1-jan *',
    '0 0 3 * * mon',
    '0 0 3 1 * *',
  ])('%s is not warned about', (text) => {
    expect(parseSchedule(text).problems).toEqual([]);
    expect(scheduleWarnings(text)).toEqual([]);
  });

  it('is warned about as one that never comes exactly when the host is never due by it', ({ task }) =>
    reaching(task, { never: 'often', due: 'often' }, (saw) => {
      const holds = fc.property(days, (text) => {
        expect(legal(text)).toBe(true);
        const isNever = asTheHost(text)(NOW) === undefined;
        saw('never', isNever);
        saw('due', !isNever);
        expect(scheduleWarnings(text).some((one) => one.includes('never comes'))).toBe(isNever);
      });
      fc.assert(holds, { seed: SEED, numRuns: 300 });
    }));
});
