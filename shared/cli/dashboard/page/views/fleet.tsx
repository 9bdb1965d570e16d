import type { JSX } from 'preact';
import type { FleetCluster, Views } from '../../views.ts';
import { usePolled } from '../poll.ts';
import { Heading } from '../parts/heading.tsx';
import { Empty, Reading } from '../parts/notice.tsx';
import { Bar, Counts, State } from '../parts/state.tsx';
import { When } from '../parts/when.tsx';
import { link, useWord } from '../router.ts';
import { many } from '../words.ts';
import { Cells, Tile } from './cells.tsx';

type Level = FleetCluster['level'];

/** So many get a card, so many a tile; of more than that a cell each. */
const CARDS = 24;
const TILES = 150;
const LEVELS: readonly Level[] = ['down', 'attention', 'waiting', 'paused', 'unknown', 'well'];

export function FleetPage(): JSX.Element {
  const { data, failure } = usePolled('fleet');
  return (
    <>
      <Heading title="Fleet">
        {data !== undefined && (
          <>
            <span class="dim">{many(data.items.length, 'cluster')}</span>
            <a href={link('targets')}>all targets</a>
          </>
        )}
      </Heading>
      <Reading data={data} failure={failure} />
      {data !== undefined && <Clusters view={data} />}
    </>
  );
}

function Clusters({ view: { metadata, items } }: { view: Views['fleet'] }): JSX.Element {
  const [word, setLevel] = useWord('only');
  const level = LEVELS.find((one) => one === word);
  const [text, setText] = useWord('q');
  if (items.length === 0)
    return <Empty>No cluster is registered yet: vaultcast init begins a registry.</Empty>;
  const shown = sorted(items).filter(
    (one) => (level === undefined || one.level === level) && one.name.includes(text.trim()),
  );
  return (
    <>
      <div class="filters">
        <Levels counts={metadata.counts} chosen={level} choose={(next) => setLevel(next ?? '')} />
        {items.length > CARDS && <NameFilter text={text} setText={setText} />}
      </div>
      {shown.length === 0 && <Empty>No cluster is like that now.</Empty>}
      <Grid clusters={shown} of={items.length} />
    </>
  );
}

/** `weu-2` before `weu-10`. */
const BY_NAME = new Intl.Collator('en', { numeric: true });

/** What needs somebody comes first. */
function sorted(items: readonly FleetCluster[]): FleetCluster[] {
  const rank = ({ level }: FleetCluster): number => LEVELS.indexOf(level);
  return items.toSorted((a, b) => rank(a) - rank(b) || BY_NAME.compare(a.name, b.name));
}

interface LevelsProps {
  counts: Readonly<Record<string, number>>;
  chosen: Level | undefined;
  choose: (level: Level | undefined) => void;
}

function Levels({ counts, chosen, choose }: LevelsProps): JSX.Element {
  return (
    <div class="chips" role="group" aria-label="Only clusters that are">
      {LEVELS.filter((level) => counts[level] !== undefined || level === chosen).map((level) => (
        <button
          key={level}
          type="button"
          aria-pressed={chosen === level}
          onClick={() => choose(chosen === level ? undefined : level)}
        >
          <State state={level} count={counts[level] ?? 0} />
        </button>
      ))}
    </div>
  );
}

function NameFilter({ text, setText }: { text: string; setText: (text: string) => void }): JSX.Element {
  return (
    <input
      type="search"
      aria-label="Only clusters whose name has"
      placeholder="Name of a cluster"
      value={text}
      onInput={({ currentTarget }) => setText(currentTarget.value)}
    />
  );
}

function Grid({ clusters, of }: { clusters: readonly FleetCluster[]; of: number }): JSX.Element {
  if (of <= CARDS)
    return (
      <ul class="cards">
        {clusters.map((cluster) => (
          <Card key={cluster.name} cluster={cluster} />
        ))}
      </ul>
    );
  if (of <= TILES)
    return (
      <nav class="tiles" aria-label="Clusters">
        {clusters.map((cluster) => (
          <Tile key={cluster.name} cluster={cluster} />
        ))}
      </nav>
    );
  return <Cells clusters={clusters} />;
}

function Card({ cluster }: { cluster: FleetCluster }): JSX.Element {
  const { name, level, because, targets, backOff } = cluster;
  return (
    <li class={`card level-${level}`}>
      <h2>
        <a href={link('cluster', name)}>{name}</a>
      </h2>
      <State state={level} />
      <p class="because">{because}</p>
      <Bar counts={targets} />
      <Counts counts={targets} />
      <dl class="facts">
        <RunFacts cluster={cluster} />
        {backOff !== undefined && (
          <>
            <dt>Next try</dt>
            <dd>
              <When at={backOff.nextTry} />, after {many(backOff.failures, 'failure')} in a row
            </dd>
          </>
        )}
      </dl>
    </li>
  );
}

/** The last complete run; and the last one of all, where that one goes on or went wrong. */
function RunFacts({ cluster: { lastRun, lastComplete } }: { cluster: FleetCluster }): JSX.Element {
  const isOther = lastRun !== undefined && lastRun.name !== lastComplete?.name;
  return (
    <>
      <dt>Complete run</dt>
      <dd>
        {lastComplete === undefined ? (
          'none yet'
        ) : (
          <a href={link('run', lastComplete.name)}>
            <When at={lastComplete.finishedAt} />
          </a>
        )}
      </dd>
      {isOther && (
        <>
          <dt>Last run</dt>
          <dd>
            <a href={link('run', lastRun.name)}>{lastRun.state}</a> <When at={lastRun.finishedAt} />
          </dd>
        </>
      )}
    </>
  );
}
