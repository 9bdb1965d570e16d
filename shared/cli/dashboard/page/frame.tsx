import type { ComponentChildren, JSX } from 'preact';
import type { Seen, Views } from '../views.ts';
import { Actions } from './actions.tsx';
import { link, type Place } from './router.ts';
import { useSeen } from './seen.ts';

const VIEWS: readonly (readonly [view: string, title: string, also: readonly string[]])[] = [
  ['fleet', 'Fleet', ['cluster', 'targets']],
  ['secrets', 'Secrets', ['secret']],
  ['problems', 'Problems', []],
  ['runs', 'Runs', ['run']],
  ['expiry', 'Expiry', []],
  ['routes', 'Routes', []],
];

interface Props {
  place: Place;
  session: Views['session'] | undefined;
  children: ComponentChildren;
}

/** What stands around every view. */
export function Frame({ place, session, children }: Props): JSX.Element {
  const seen = useSeen();
  return (
    <>
      <a class="skip" href="#main" onClick={toMain}>
        Skip to the content
      </a>
      <header class="top">
        <a class="brand" href={link('fleet')}>
          <img src="icon.svg" alt="" width="24" height="24" /> vaultcast
        </a>
        <Navigation place={place} problems={seen?.problems} />
        <Live seen={seen} registry={session?.registry} />
      </header>
      <main id="main" tabIndex={-1}>
        <Partly seen={seen} />
        {session !== undefined && session.actions.length > 0 && <Actions offers={session.actions} />}
        {children}
      </main>
    </>
  );
}

/** The place is what stands after the `#`, so a link into the page would lead elsewhere. */
function toMain(event: Event): void {
  event.preventDefault();
  document.querySelector<HTMLElement>('#main')?.focus();
}

function Navigation({ place, problems = 0 }: { place: Place; problems: number | undefined }): JSX.Element {
  return (
    <nav aria-label="Views">
      {VIEWS.map(([view, title, also]) => (
        <a
          key={view}
          href={link(view)}
          aria-current={place.view === view || also.includes(place.view) ? 'page' : undefined}
        >
          {title}
          {view === 'problems' && problems > 0 && (
            <span class="badge">{problems > 999 ? '999+' : problems}</span>
          )}
        </a>
      ))}
    </nav>
  );
}

/** When the tables were read last, and which. */
function Live({ seen, registry }: { seen: Seen | undefined; registry: string | undefined }) {
  const time = seen?.readAt === undefined ? '' : new Date(seen.readAt).toLocaleTimeString('en-GB');
  return (
    <p class="live">
      <span class="where">{registry}</span> {time === '' ? '' : `read at ${time}`}
    </p>
  );
}

/** What is not known: it could not be read, or not yet. */
function Partly({ seen }: { seen: Seen | undefined }): JSX.Element | null {
  const { read = 0, of = 0, notSeen = [] } = seen ?? {};
  const lines = [...(read < of ? [`${read} of ${of} clusters are read so far.`] : []), ...notSeen];
  if (lines.length === 0) return null;
  return (
    <ul class="notice" role="status">
      {lines.slice(0, 5).map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}
