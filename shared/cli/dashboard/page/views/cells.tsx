import type { JSX } from 'preact';
import type { FleetCluster } from '../../views.ts';
import { wordOf } from '../parts/state.tsx';
import { link } from '../router.ts';

/** A cluster by name. */
export function Tile({ cluster: { name, level, because } }: { cluster: FleetCluster }): JSX.Element {
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
export function Cells({ clusters }: { clusters: readonly FleetCluster[] }): JSX.Element {
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
