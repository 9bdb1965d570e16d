import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { FleetCluster, FleetView, Level } from '../../views.ts';
import { usePolled } from '../poll.ts';
import { Heading } from '../parts/heading.tsx';
import { Empty, Reading } from '../parts/notice.tsx';
import { Bar, Counts, State, wordOf } from '../parts/state.tsx';
import { When } from '../parts/when.tsx';
import { link } from '../router.ts';
import { many } from '../words.ts';

/** So many get a card, so many a tile; of more than that a cell each. */
const CARDS = 24;
const TILES = 150;
const LEVELS: readonly Level[] = ['down', 'attention', 'waiting', 'paused', 'unknown', 'well'];

export function FleetPage(): JSX.Element {
  const { data, failure } = usePolled<FleetView>('fleet');
  return (
    <>
      <Heading title="Fleet">
        {data !== undefined && <span class="dim">{many(data.items.length, 'cluster')}</span>}
      </Heading>
      <Reading data={data} failure={failure} />
      {data !== undefined && <Clusters view={data} />}
    </>
  );
}

function Clusters({ view: { metadata, items } }: { view: FleetView }): JSX.Element {
  const [level, setLevel] = useState<Level>();
  const [text, setText] = useState('');
  if (items.length === 0) return <Empty>No cluster is registered yet.</Empty>;
  const shown = sorted(items).filter(
    (one) => (level === undefined || one.level === level) && one.name.includes(text.trim()),
  );
  return (
    <>
      <div class="filters">
        <Levels counts={metadata.counts} chosen={level} choose={setLevel} />
        {items.length > CARDS && <NameFilter text={text} setText={setText} />}
      </div>
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
      {LEVELS.filter((level) => counts[level] !== undefined).map((level) => (
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

function Tile({ cluster: { name, level, because } }: { cluster: FleetCluster }): JSX.Element {
  return (
    <a class={`tile level-${level}`} href={link('cluster', name)} title={because}>
      <span class={`glyph glyph-${level}`} aria-hidden="true" />
      {name}
      <span class="hidden">, {wordOf(level)}</span>
    </a>
  );
}

const NAMED = 12;

/** A thousand at a glance: those that are not well by name, and a shape for each. */
function Cells({ clusters }: { clusters: readonly FleetCluster[] }): JSX.Element {
  const named = clusters.filter(({ level }) => level !== 'well').slice(0, NAMED);
  return (
    <>
      {named.length > 0 && (
        <nav class="tiles" aria-label="Clusters that are not well">
          {named.map((cluster) => (
            <Tile key={cluster.name} cluster={cluster} />
          ))}
        </nav>
      )}
      <nav class="cells" aria-label="All clusters" onKeyDown={moveByArrows}>
        {clusters.map(({ name, level }, at) => (
          <a
            key={name}
            class={`glyph glyph-${level}`}
            href={link('cluster', name)}
            title={`${name}: ${wordOf(level)}`}
            aria-label={`${name}, ${wordOf(level)}`}
            tabIndex={at === 0 ? 0 : -1}
          />
        ))}
      </nav>
    </>
  );
}

/** One stop for the Tab key; arrows go on from there, up and down by the row that is seen. */
function moveByArrows(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const cells = [...event.currentTarget.querySelectorAll<HTMLElement>('a')];
  const at = cells.indexOf(document.activeElement as HTMLElement);
  const top = cells[0]?.offsetTop;
  const perRow = Math.max(
    1,
    cells.findIndex((cell) => cell.offsetTop !== top),
  );
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: perRow, ArrowUp: -perRow }[event.key];
  if (at < 0 || step === undefined) return;
  event.preventDefault();
  cells[Math.min(cells.length - 1, Math.max(0, at + step))]?.focus();
}
