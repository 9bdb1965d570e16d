import type { JSX } from 'preact';
import type { Views } from '../../views.ts';
import { dayText } from '../words.ts';

const DAY_MS = 24 * 3_600_000;
const WEEKDAYS = ['Mo', 'Tu', 'We', 'Th', 'Fr', 'Sa', 'Su'];

/** `2026-11-21`, where the person is. */
export function dayOf(date: Date): string {
  const two = (number: number): string => String(number).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

interface Props {
  from: string;
  days: number;
  items: Views['expiry']['items'];
  chosen: string | undefined;
  choose: (day: string | undefined) => void;
}

/** A week a line; a day on which something expires is a button. */
export function Calendar({ from, days, items, chosen, choose }: Props): JSX.Element {
  const due = Map.groupBy(items, ({ expires }) => dayOf(new Date(expires)));
  return (
    <section aria-labelledby="calendar">
      <h2 id="calendar">Calendar</h2>
      <div class="calendar">
        {WEEKDAYS.map((day) => (
          <span key={day} class="dim weekday">
            {day}
          </span>
        ))}
        {datesFrom(new Date(from), days).map((date, at) => (
          <Day
            key={dayOf(date)}
            date={date}
            isFirst={at === 0}
            isOutside={dayOf(date) < dayOf(new Date(from))}
            due={due.get(dayOf(date))?.length ?? 0}
            chosen={chosen}
            choose={choose}
          />
        ))}
      </div>
    </section>
  );
}

/** Whole weeks that begin on Monday. Noon, so that a change to summer time moves no day. */
function datesFrom(from: Date, days: number): Date[] {
  const noon = new Date(from.getFullYear(), from.getMonth(), from.getDate(), 12);
  const before = (noon.getDay() + 6) % 7;
  const count = Math.ceil((before + days + 1) / 7) * 7;
  return Array.from({ length: count }, (_, at) => new Date(noon.getTime() + (at - before) * DAY_MS));
}

interface DayProps extends Pick<Props, 'chosen' | 'choose'> {
  date: Date;
  isFirst: boolean;
  isOutside: boolean;
  due: number;
}

function Day({ date, isFirst, isOutside, due, chosen, choose }: DayProps): JSX.Element {
  const day = dayOf(date);
  const month =
    isFirst || date.getDate() === 1 ? ` ${date.toLocaleDateString('en', { month: 'short' })}` : '';
  const text = `${date.getDate()}${month}`;
  if (due === 0) return <span class={`day${isOutside ? ' outside' : ''}`}>{text}</span>;
  const isChosen = chosen === day;
  return (
    <button
      type="button"
      class="day due"
      aria-pressed={isChosen}
      onClick={() => choose(isChosen ? undefined : day)}
    >
      {text} <strong>{due}</strong>
      <span class="hidden">
        {due === 1 ? ' secret' : ' secrets'} on {dayText(day)}
      </span>
    </button>
  );
}
