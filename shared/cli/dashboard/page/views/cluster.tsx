import type { JSX } from 'preact';
import type { FleetView } from '../../views.ts';
import { pathOf } from '../api.ts';
import { usePolled } from '../poll.ts';
import { Command } from '../parts/command.tsx';
import { Heading } from '../parts/heading.tsx';
import { Failure } from '../parts/notice.tsx';
import { State } from '../parts/state.tsx';
import { When } from '../parts/when.tsx';
import { link } from '../router.ts';
import { TargetList } from './targets.tsx';

/** One cluster: how it is, and everything in it. */
export function ClusterPage({ name }: { name: string }): JSX.Element {
  const { data, failure } = usePolled<FleetView>(pathOf('fleet', { name }));
  const cluster = data?.items[0];
  return (
    <>
      <Heading title={`Cluster ${name}`}>{cluster !== undefined && <State state={cluster.level} />}</Heading>
      <Failure text={failure} />
      {data !== undefined && cluster === undefined && <Failure text={`Cluster ${name} is not registered.`} />}
      {cluster !== undefined && (
        <div class="lead">
          <p>
            {cluster.because}
            {cluster.backOff !== undefined && (
              <>
                ; the next try is <When at={cluster.backOff.nextTry} />
              </>
            )}
          </p>
          {cluster.lastRun !== undefined && (
            <p>
              Last run: <a href={link('run', cluster.lastRun.name)}>{cluster.lastRun.state}</a>{' '}
              <When at={cluster.lastRun.finishedAt} />
            </p>
          )}
          {cluster.level !== 'well' && <Command line={`vaultcast check ${name}`} />}
        </div>
      )}
      <TargetList query={{ cluster: name }} />
    </>
  );
}
