import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

/** Rows beyond the visible ones on either side: a quick scroll meets no gap. */
const SPARE = 6;

interface Range {
  from: number;
  /** Exclusive. */
  to: number;
}

interface Props {
  /** What the list is, for people who hear it. */
  label: string;
  total: number;
  /** Column headings; hidden on small screens. */
  columns: readonly string[];
  /** Pixels of each row, on wide screens and on phones. */
  height: { wide: number; narrow: number };
  /** The cells of a row, as many as columns; undefined while it is being read. */
  cells: (index: number) => readonly ComponentChildren[] | undefined;
  /** Gets which rows are visible, and a few more; the end is exclusive. */
  onRange?: (from: number, to: number) => void;
}

const NARROW = matchMedia('(max-width: 44rem)');

/** A table of any length of which only what is visible is in the document. */
export function Rows({ label, total, columns, height, cells, onRange }: Props): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const rowHeight = useNarrow() ? height.narrow : height.wide;
  const range = useRange(box, total, rowHeight);
  useEffect(() => onRange?.(range.from, range.to), [range.from, range.to]);
  return (
    <div
      class="rows"
      role="table"
      aria-label={label}
      aria-rowcount={total + 1}
      aria-colcount={columns.length}
    >
      <div class="rows-head" role="rowgroup">
        <div class="row" role="row" aria-rowindex={1}>
          {columns.map((column) => (
            <span key={column} role="columnheader">
              {column}
            </span>
          ))}
        </div>
      </div>
      <div
        class="rows-box"
        ref={box}
        role="rowgroup"
        tabIndex={0}
        aria-label={`${label}, rows`}
        style={{ '--rows-height': `${total * rowHeight}px` }}
      >
        <div class="rows-all" role="presentation" style={{ height: `${total * rowHeight}px` }}>
          {indices(range).map((index) => (
            <Row key={index} index={index} height={rowHeight} cells={cells(index)} columns={columns} />
          ))}
        </div>
      </div>
    </div>
  );
}

interface RowProps {
  index: number;
  height: number;
  cells: readonly ComponentChildren[] | undefined;
  columns: readonly string[];
}

function Row({ index, height, cells, columns }: RowProps): JSX.Element {
  const style = { top: `${index * height}px`, height: `${height}px` };
  return (
    <div class="row" role="row" aria-rowindex={index + 2} style={style}>
      {columns.map((column, at) => (
        <span key={column} role="cell" class={`cell cell-${at}`}>
          {cells === undefined ? <span class="skeleton" /> : cells[at]}
        </span>
      ))}
    </div>
  );
}

function indices({ from, to }: Range): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, at) => from + at);
}

function useNarrow(): boolean {
  const [isNarrow, setNarrow] = useState(NARROW.matches);
  useEffect(() => {
    const follow = (): void => setNarrow(NARROW.matches);
    NARROW.addEventListener('change', follow);
    return () => NARROW.removeEventListener('change', follow);
  }, []);
  return isNarrow;
}

/** What is visible, and a little more; steps of a few rows, so that a scroll does not render at every pixel. */
function useRange(box: { current: HTMLDivElement | null }, total: number, rowHeight: number): Range {
  const [range, setRange] = useState<Range>({ from: 0, to: Math.min(total, 20) });
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const measure = (): void => {
      const first = Math.floor(element.scrollTop / rowHeight / SPARE) * SPARE;
      const shown = Math.ceil(element.clientHeight / rowHeight) + SPARE;
      const next = { from: Math.max(0, first - SPARE), to: Math.min(total, first + shown + SPARE) };
      setRange((now) => (now.from === next.from && now.to === next.to ? now : next));
    };
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(element);
    element.addEventListener('scroll', measure, { passive: true });
    return () => {
      watch.disconnect();
      element.removeEventListener('scroll', measure);
    };
  }, [total, rowHeight]);
  return range;
}
