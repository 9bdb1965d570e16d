import type { JSX } from 'preact';
import type { SecretTarget } from '../../../../output/schema.ts';
import type { Views } from '../../views.ts';
import { usePolled } from '../poll.ts';
import { Command } from '../parts/command.tsx';
import { Heading } from '../parts/heading.tsx';
import { Empty, Reading } from '../parts/notice.tsx';
import { RunbookEntry } from '../parts/runbook.tsx';
import { Counts, rankOf, State } from '../parts/state.tsx';
import { When } from '../parts/when.tsx';
import { link } from '../router.ts';
import { agoText, dayText, many, shortVersion, tookText } from '../words.ts';
import { TargetList } from './targets.tsx';
import { TimeLine } from './time-line.tsx';

/** Where there are more targets than are told whole: so many of those that are not synced, and a line for each. */
const SOME = 10;

/** Where one secret is, which version, since when, and why not. */
export function SecretPage({ vault, name }: { vault: string; name: string }): JSX.Element {
  const { data, failure } = usePolled('secret', { vault, name });
  return (
    <>
      <Heading title={`${vault}/${name}`}>
        {data !== undefined && <Counts counts={data.status.counts} />}
      </Heading>
      <Reading data={data} failure={failure} />
      {data !== undefined && <Whole secret={data} />}
    </>
  );
}

function Whole({ secret }: { secret: Views['secret'] }): JSX.Element {
  const { targets, reasons, notSeen } = secret.status;
  const sorted = targets.toSorted((a, b) => rankOf(a.status.state) - rankOf(b.status.state));
  const total = totalOf(secret);
  const isLong = total > sorted.length;
  const whole = isLong ? sorted.slice(0, SOME) : sorted;
  return (
    <>
      <Summary secret={secret} />
      {reasons.map(({ message }) => (
        <p key={message} class="notice">
          {message}
        </p>
      ))}
      {notSeen.map((text) => (
        <p key={text} class="notice">
          {text}
        </p>
      ))}
      <div class="split">
        <section aria-labelledby="targets">
          <h2 id="targets">{many(total, 'target')}</h2>
          {total === 0 && <Empty>No route brings it anywhere, and nothing of it was left.</Empty>}
          <ul class="list">
            {whole.map((target) => (
              <TargetItem key={Object.values(target.metadata).join('/')} target={target} />
            ))}
          </ul>
          {isLong && <TargetList query={{ secret: `${secret.metadata.vault}/${secret.metadata.name}` }} />}
        </section>
        <TimeLine secret={secret} />
      </div>
    </>
  );
}

function Summary({ secret }: { secret: Views['secret'] }): JSX.Element {
  const { vault, arrived } = secret.status;
  return (
    <dl class="summary">
      <dt>Everywhere</dt>
      <dd>{arrived ? 'the version that should be there is there' : notEverywhere(totalOf(secret))}</dd>
      <dt>In the vault</dt>
      <dd>
        {vault.state === 'unknown' ? `not looked into: ${vault.message ?? 'you may not'}` : vault.state}
        {vault.version !== undefined && (
          <>
            , version <code title={vault.version}>{shortVersion(vault.version)}</code>, made{' '}
            <When at={vault.created} />
          </>
        )}
      </dd>
      {vault.expires !== undefined && (
        <>
          <dt>Expires</dt>
          <dd>
            {dayText(vault.expires)}, <When at={vault.expires} />
          </dd>
        </>
      )}
    </dl>
  );
}

function totalOf({ status }: Views['secret']): number {
  return Object.values(status.counts).reduce((sum, count) => sum + count, 0);
}

function notEverywhere(targets: number): string {
  return targets === 0 ? 'nowhere: it has no target' : 'not yet, or not in every target';
}

function TargetItem({ target: { metadata, spec, status } }: { target: SecretTarget }): JSX.Element {
  const { cluster, namespace, name } = metadata;
  const isWell = status.state === 'synced';
  return (
    <li class={`item item-${status.state}`}>
      <h3>
        <a href={link('cluster', cluster)}>{cluster}</a> / {namespace} / {name}
      </h3>
      <State state={status.state} />
      <p>
        <Stands status={status} />
      </p>
      {!isWell && (
        <p>
          <span class="code">{status.reason}</span> {status.message}
          {status.nextRetry !== undefined && (
            <>
              ; the next try is <When at={status.nextRetry} />
            </>
          )}
        </p>
      )}
      {!isWell && status.help !== undefined && <Command line={status.help} />}
      {!isWell && status.reason !== undefined && <RunbookEntry code={status.reason} />}
      <p class="dim">
        {spec.route !== undefined && `by route ${spec.route}`}
        {status.keys.length > 0 && `, key ${status.keys.map(({ key }) => key).join(', ')}`}
      </p>
    </li>
  );
}

/** Which version stands there, since when, and how soon it came. */
function Stands({ status }: Pick<SecretTarget, 'status'>): JSX.Element {
  const { stands, version, isLatest, deliveredAt, delaySeconds, deliveries = [] } = status;
  if (version === undefined)
    return (
      <>{stands === 'no' ? 'Nothing stands there.' : 'Nothing of it stands there, as far as is known.'}</>
    );
  const age = { true: 'the latest version', false: 'an older version', undefined: 'version' }[
    String(isLatest)
  ];
  const came = deliveries.find((one) => one.version === version)?.ms;
  const delay = delaySeconds === undefined ? undefined : agoText(delaySeconds * 1000);
  const took = came === undefined ? delay : tookText(came);
  const soon = took === undefined ? '' : `, ${took} after it was made`;
  return (
    <>
      Stands: {age} <code title={version}>{shortVersion(version)}</code>, delivered <When at={deliveredAt} />
      {soon}
    </>
  );
}
