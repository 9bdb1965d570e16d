import type { JSX } from 'preact';
import type { Views } from '../../views.ts';
import { When } from '../parts/when.tsx';
import { dayText, many, shortVersion, tookText } from '../words.ts';

const VERSIONS_SHOWN = 12;

type Secret = Views['secret'];

interface Moment {
  version: string;
  /** Of its making; what was delivered of a version that the vault does not show has none. */
  made: Secret['versions'][number] | undefined;
  arrivals: Secret['arrivals'][number] | undefined;
}

/** The vault's versions, and when each of them came where. */
export function TimeLine({ secret }: { secret: Secret }): JSX.Element {
  const moments = momentsOf(secret);
  return (
    <section aria-labelledby="time-line">
      <h2 id="time-line">Versions and deliveries</h2>
      {moments.length === 0 && (
        <p class="dim">No version is to be seen in the vault, and no row tells of a delivery.</p>
      )}
      <ol class="time-line">
        {moments.slice(0, VERSIONS_SHOWN).map((moment) => (
          <Version
            key={moment.version}
            moment={moment}
            isLatest={moment.version === secret.versions[0]?.version}
          />
        ))}
      </ol>
    </section>
  );
}

/** The newest first. */
function momentsOf({ versions, arrivals }: Secret): Moment[] {
  const came = new Map(arrivals.map((one) => [one.version, one]));
  const known = new Set(versions.map(({ version }) => version));
  const made = versions.map((one) => ({
    version: one.version,
    made: one,
    arrivals: came.get(one.version),
  }));
  const others = [...came].filter(([version]) => !known.has(version));
  const unseen = others.map(([version, all]) => ({ version, made: undefined, arrivals: all }));
  const timeOf = (moment: Moment): string => moment.made?.created ?? moment.arrivals?.items.at(-1)?.at ?? '';
  return [...made, ...unseen].toSorted((a, b) => (timeOf(a) < timeOf(b) ? 1 : -1));
}

function Version({ moment, isLatest }: { moment: Moment; isLatest: boolean }): JSX.Element {
  const { version, made, arrivals } = moment;
  return (
    <li class={isLatest ? 'latest' : ''}>
      <p>
        <strong>{isLatest ? 'Latest version' : 'Version'}</strong>{' '}
        <code title={version}>{shortVersion(version)}</code>
        {made !== undefined && <Made version={made} />}
      </p>
      {arrivals !== undefined && <Came arrivals={arrivals} />}
    </li>
  );
}

function Came({
  arrivals: { total, slowestMs, items },
}: {
  arrivals: Secret['arrivals'][number];
}): JSX.Element {
  const left = total - items.length;
  return (
    <ul>
      {total > 1 && (
        <li>
          came to {many(total, 'target')}
          {slowestMs === undefined ? '' : `, the last one after ${tookText(slowestMs)}`}
        </li>
      )}
      {items.map((one) => (
        <li key={`${one.cluster}/${one.namespace}/${one.name}/${one.at}`}>
          {one.cluster} / {one.namespace} / {one.name}
          <span class="dim">
            {' '}
            <When at={one.at} />
            {one.ms === undefined ? '' : `, after ${tookText(one.ms)}`}
          </span>
        </li>
      ))}
      {left > 0 && <li class="dim">and {many(left, 'more target')}</li>}
    </ul>
  );
}

function Made({
  version: { created, enabled, notBefore, expires },
}: {
  version: Secret['versions'][number];
}): JSX.Element {
  return (
    <>
      {' '}
      made <When at={created} />
      {enabled ? '' : ', disabled'}
      {notBefore === undefined ? '' : `, valid from ${dayText(notBefore)}`}
      {expires === undefined ? '' : `, expires ${dayText(expires)}`}
    </>
  );
}
