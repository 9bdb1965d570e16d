import type { JSX } from 'preact';
import type { Views } from '../../views.ts';
import { usePolled } from '../poll.ts';
import { Heading } from '../parts/heading.tsx';
import { Empty, Reading } from '../parts/notice.tsx';
import { State } from '../parts/state.tsx';
import { targetsLink, useWord } from '../router.ts';
import { many } from '../words.ts';

type RouteItem = Views['routes']['items'][number];

const SHOWN = 100;

/** Who may get what: vault, prefix, route, namespaces and clusters, and whether the namespaces agree. */
export function RoutesPage(): JSX.Element {
  const { data, failure } = usePolled('routes');
  const [text, setText] = useWord('q');
  const items = data?.items ?? [];
  const shown = items.filter(({ name, vault, prefix }) => `${vault} ${prefix} ${name}`.includes(text.trim()));
  return (
    <>
      <Heading title="Routes">
        {data !== undefined && <span class="dim">{many(items.length, 'route')}</span>}
      </Heading>
      <Reading data={data} failure={failure} />
      {data?.items.length === 0 && <Empty>No route is registered: nothing goes anywhere.</Empty>}
      {items.length > 5 && (
        <div class="filters">
          <input
            type="search"
            aria-label="Only routes whose vault, prefix or name has"
            placeholder="Vault, prefix or name"
            value={text}
            onInput={({ currentTarget }) => setText(currentTarget.value)}
          />
        </div>
      )}
      <ul class="list">
        {shown.slice(0, SHOWN).map((route) => (
          <Item key={route.name} route={route} />
        ))}
      </ul>
      {shown.length > SHOWN && <p class="dim">and {shown.length - SHOWN} more: narrow it by a name.</p>}
    </>
  );
}

function Item({ route }: { route: RouteItem }): JSX.Element {
  const { name, vault, prefix, layout, paused, selector, clusters, namespaces } = route;
  return (
    <li class="item route">
      <h2>
        <a href={targetsLink({ route: name })}>{name}</a> {paused && <State state="paused" />}
      </h2>
      <p class="flow">
        <span class="step">
          vault <strong>{vault}</strong>
        </span>
        <span class="step">
          secrets <strong>{prefix === '' ? '(all)' : `${prefix}…`}</strong>
        </span>
        <span class="step">
          layout <strong>{layout}</strong>
        </span>
        <span class="step">
          <strong>{many(clusters, 'cluster')}</strong> {selector}
        </span>
      </p>
      {namespaces.length === 0 && <p class="dim">No target yet, so no namespace is known.</p>}
      <ul class="namespaces">
        {namespaces.map((one) => (
          <Consent key={one.namespace} one={one} />
        ))}
      </ul>
    </li>
  );
}

const NAMED = 5;

/** Whether a namespace agrees, as of the last look at each cluster. */
function Consent({
  one: { namespace, accepted, refused, unknown },
}: {
  one: RouteItem['namespaces'][number];
}): JSX.Element {
  const named = refused.slice(0, NAMED).join(', ');
  const more = refused.length > NAMED ? ` and ${refused.length - NAMED} more` : '';
  return (
    <li>
      <strong>{namespace}</strong>
      {accepted > 0 && <Word state="synced" text={`accepts in ${many(accepted, 'cluster')}`} />}
      {refused.length > 0 && <Word state="refused" text={`does not accept in ${named}${more}`} />}
      {unknown > 0 && <Word state="unknown" text={`nothing delivered in ${many(unknown, 'cluster')}`} />}
    </li>
  );
}

function Word({ state, text }: { state: string; text: string }): JSX.Element {
  return (
    <span class={`state state-${state}`}>
      <span class={`glyph glyph-${state}`} aria-hidden="true" /> {text}
    </span>
  );
}
