import type { JSX } from 'preact';
import type { FleetCluster } from '../../views.ts';
import { usePolled } from '../poll.ts';
import { Command } from '../parts/command.tsx';
import { Heading } from '../parts/heading.tsx';
import { Failure } from '../parts/notice.tsx';
import { State } from '../parts/state.tsx';
import { When } from '../parts/when.tsx';
import { link } from '../router.ts';
import { shellWord } from '../words.ts';
import { TargetList } from './targets.tsx';

/** One cluster: how it is, and everything in it. */
export function ClusterPage({ name }: { name: string }): JSX.Element {
  const { data, failure } = usePolled('fleet', { name });
  const cluster = data?.items[0];
  const isStranger = data !== undefined && cluster === undefined;
  return (
    <>
      <Heading title={`Cluster ${name}`}>{cluster !== undefined && <State state={cluster.level} />}</Heading>
      <Failure text={failure} />
      {isStranger && <Failure text={`Cluster ${name} is not registered.`} />}
      {cluster !== undefined && <Lead cluster={cluster} />}
      {!isStranger && <TargetList query={{ cluster: name }} />}
    </>
  );
}

function Lead({
  cluster: { name, level, because, backOff, lastRun },
}: {
  cluster: FleetCluster;
}): JSX.Element {
  return (
    <div class="lead">
      <p>
        {because}
        {backOff !== undefined && (
          <>
            ; the next try is <When at={backOff.nextTry} />
          </>
        )}
      </p>
      {lastRun !== undefined && (
        <p>
          Last run: <a href={link('run', lastRun.name)}>{lastRun.state}</a> <When at={lastRun.finishedAt} />
        </p>
      )}
      {level !== 'well' && <Command line={`vaultcast check ${shellWord(name, 'CLUSTER')}`} />}
    </div>
  );
}
