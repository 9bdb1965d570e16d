import type { JSX } from 'preact';
import type { Views } from '../../views.ts';
import { usePolled } from '../poll.ts';
import { Heading } from '../parts/heading.tsx';
import { Empty, Reading } from '../parts/notice.tsx';
import { When } from '../parts/when.tsx';
import { link, useWord } from '../router.ts';
import { dayText, many } from '../words.ts';
import { Calendar, dayOf } from './calendar.tsx';

const SHOWN = 200;

/** What expires within the next 90 days. */
export function ExpiryPage(): JSX.Element {
  const { data, failure } = usePolled('expiry');
  return (
    <>
      <Heading title="Expiry">
        {data !== undefined && <span class="dim">the next {data.metadata.days} days</span>}
      </Heading>
      <Reading data={data} failure={failure} />
      {data !== undefined && <Whole view={data} />}
    </>
  );
}

function Whole({ view: { metadata, items } }: { view: Views['expiry'] }): JSX.Element {
  const [word, setDay] = useWord('day');
  const day = word === '' ? undefined : word;
  const shown = items.filter(({ expires }) => day === undefined || dayOf(new Date(expires)) === day);
  return (
    <div class="split calendar-first">
      <Calendar
        from={metadata.from}
        days={metadata.days}
        items={items}
        chosen={day}
        choose={(next) => setDay(next ?? '')}
      />
      <section aria-labelledby="due">
        <h2 id="due">
          {many(shown.length, 'secret')}
          {day === undefined ? '' : ` on ${dayText(day)}`}
        </h2>
        {items.length === 0 && (
          <Empty>No version that was delivered expires by then, as far as its vault has a date for it.</Empty>
        )}
        <ol class="list">
          {shown.slice(0, SHOWN).map((one) => (
            <Item key={`${one.vault}/${one.name}/${one.expires}`} one={one} />
          ))}
        </ol>
        {shown.length > SHOWN && <p class="dim">and {shown.length - SHOWN} more: choose a day.</p>}
      </section>
    </div>
  );
}

function Item({
  one: { vault, name, expires, targets },
}: {
  one: Views['expiry']['items'][number];
}): JSX.Element {
  const isOver = Date.parse(expires) < Date.now();
  return (
    <li class={`item item-${isOver ? 'failed' : 'pending'}`}>
      <h3>
        <a href={link('secret', vault, name)}>
          {vault}/{name}
        </a>
      </h3>
      <p>
        {isOver ? 'expired' : 'expires'} <When at={expires} />, on {dayText(expires)}; it stands in{' '}
        {many(targets, 'target')}
      </p>
    </li>
  );
}
