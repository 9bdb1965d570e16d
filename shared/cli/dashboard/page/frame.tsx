import type { ComponentChildren, JSX } from 'preact';
import type { Views } from '../views.ts';
import { Actions } from './actions.tsx';
import { link } from './router.ts';
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
  /** Which view is shown. */
  view: string;
  session: Views['session'] | undefined;
  children: ComponentChildren;
}

/** What stands around every view. */
export function Frame({ view, session, children }: Props): JSX.Element {
  return (
    <>
      <a class="skip" href="#main" onClick={toMain}>
        Skip to the content
      </a>
      <header class="top">
        <a class="brand" href={link('fleet')}>
          <img src="icon.svg" alt="" width="24" height="24" /> vaultcast
        </a>
        <Navigation shown={view} />
        <Live registry={session?.registry} />
      </header>
      <main id="main" tabIndex={-1}>
        <Partly />
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

function Navigation({ shown }: { shown: string }): JSX.Element {
  const { problems = 0 } = useSeen() ?? {};
  return (
    <nav aria-label="Views">
      {VIEWS.map(([view, title, also]) => (
        <a
          key={view}
          href={link(view)}
          aria-current={shown === view || also.includes(shown) ? 'page' : undefined}
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
function Live({ registry }: { registry: string | undefined }) {
  const seen = useSeen();
  const time = seen?.readAt === undefined ? '' : new Date(seen.readAt).toLocaleTimeString('en-GB');
  return (
    <p class="live">
      <span class="where">{registry}</span> {time === '' ? '' : `read at ${time}`}
    </p>
  );
}

/** What is not known: it could not be read, or not yet. */
function Partly(): JSX.Element | null {
  const { read = 0, of = 0, notSeen = [] } = useSeen() ?? {};
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
