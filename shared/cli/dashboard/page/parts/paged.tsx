import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Part, Seen } from '../../views.ts';
import { pathOf, view } from '../api.ts';
import { repeat } from '../poll.ts';
import { report } from '../seen.ts';
import { Empty, Failure, Reading } from './notice.tsx';
import { type Range, Rows } from './rows.tsx';

/** Rows that are asked for at once. */
const PAGE = 100;
const SETTLE_MS = 60;

interface Answer<T> {
  metadata: Seen & Part;
  items: readonly T[];
}

interface Props<T> {
  /** The view that gives the rows, and what is asked of it. */
  name: string;
  query: Readonly<Record<string, string | undefined>>;
  label: string;
  columns: readonly string[];
  height: { wide: number; narrow: number };
  cells: (item: T) => readonly ComponentChildren[];
  empty: string;
  /** Gets each answer's own words, such as counts. */
  onAnswer?: (metadata: Seen & Part) => void;
}

/** A list of any length, read by pages as it is scrolled to; what is visible is read again every few seconds. */
export function Paged<T>(props: Props<T>): JSX.Element {
  const { label, columns, height, cells, empty } = props;
  const { known, failure, onRange, asked } = usePages<T>(props);
  if (known === undefined) return <Reading data={known} failure={failure} />;
  if (known.total === 0) return <Empty>{empty}</Empty>;
  const cellsAt = (index: number): readonly ComponentChildren[] | undefined => {
    const item = known.pages.get(Math.floor(index / PAGE))?.[index % PAGE];
    return item === undefined ? undefined : cells(item);
  };
  return (
    <>
      <Failure text={failure} />
      <Rows key={asked} {...{ label, columns, height, onRange }} total={known.total} cells={cellsAt} />
    </>
  );
}

interface Known<T> {
  total: number;
  pages: ReadonlyMap<number, readonly T[]>;
}

function usePages<T>({ name, query, onAnswer }: Props<T>) {
  const [known, setKnown] = useState<Known<T>>();
  const [failure, setFailure] = useState<string>();
  const range = useRef<Range>({ from: 0, to: PAGE });
  const look = useRef<() => void>(() => {});
  const asked = pathOf(name, query);
  useEffect(() => {
    range.current = { from: 0, to: PAGE };
    let isNew = true;
    const read = async (signal: AbortSignal): Promise<void> => {
      for (const page of pagesIn(range.current)) {
        const path = pathOf(name, { ...query, offset: page * PAGE, limit: PAGE });
        const { metadata, items } = await view<Answer<T>>(path, signal);
        setKnown(withPage(isNew, page, metadata.total, items));
        isNew = false;
        report(metadata);
        onAnswer?.(metadata);
      }
    };
    const { again, stop } = repeat(read, setFailure);
    look.current = again;
    return stop;
  }, [asked]);
  return { known, failure, asked, onRange: useOnRange(range, () => look.current()) };
}

const PAGES_KEPT = 20;

/** Adds a page; of another question nothing is kept. */
function withPage<T>(isNew: boolean, page: number, total: number, items: readonly T[]) {
  return (before: Known<T> | undefined): Known<T> => {
    const old = isNew || before === undefined ? [] : [...before.pages].slice(1 - PAGES_KEPT);
    return { total, pages: new Map([...old.filter(([at]) => at !== page), [page, items]]) };
  };
}

function pagesIn({ from, to }: Range): number[] {
  const [first, last] = [Math.floor(from / PAGE), Math.floor(Math.max(from, to - 1) / PAGE)];
  return first === last ? [first] : [first, last];
}

/** What is scrolled to is asked for when the scrolling pauses. */
function useOnRange(range: { current: Range }, look: () => void): (range: Range) => void {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  return (next) => {
    const isKnown = pagesIn(next).every((page) => pagesIn(range.current).includes(page));
    range.current = next;
    clearTimeout(timer.current);
    if (!isKnown) timer.current = setTimeout(look, SETTLE_MS);
  };
}
