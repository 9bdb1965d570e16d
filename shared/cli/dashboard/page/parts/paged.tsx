import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Views } from '../../views.ts';
import { pathOf, view } from '../api.ts';
import { repeat } from '../poll.ts';
import { report } from '../seen.ts';
import { Empty, Failure, Reading } from './notice.tsx';
import { Rows } from './rows.tsx';

/** Rows that are asked for at once. */
const PAGE = 100;
const SETTLE_MS = 60;

/** Views that have a part of a list of any length. */
type Long = 'targets' | 'secrets';

interface Props<Name extends Long> {
  /** The view that gives the rows, and what is asked of it. */
  name: Name;
  query: Readonly<Record<string, string | undefined>>;
  label: string;
  columns: readonly string[];
  height: { wide: number; narrow: number };
  cells: (item: Views[Name]['items'][number]) => readonly ComponentChildren[];
  empty: string;
  /** Gets each answer's own words, such as counts. */
  onAnswer?: (metadata: Views[Name]['metadata']) => void;
}

/** A list of any length, read by pages as it is scrolled to; what is visible is read again every few seconds. */
export function Paged<Name extends Long>(props: Props<Name>): JSX.Element {
  const { label, columns, height, cells, empty } = props;
  const { known, failure, onRange, asked } = usePages(props);
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

interface Known<Items> {
  total: number;
  pages: ReadonlyMap<number, Items>;
}

function usePages<Name extends Long>({ name, query, onAnswer }: Props<Name>) {
  const [known, setKnown] = useState<Known<Views[Name]['items']>>();
  const [failure, setFailure] = useState<string>();
  /** Pages of which something is visible. */
  const open = useRef([0]);
  const look = useRef<() => void>(() => {});
  const asked = pathOf(name, query);
  useEffect(() => {
    open.current = [0];
    let isNew = true;
    const read = async (signal: AbortSignal): Promise<void> => {
      for (const page of open.current) {
        const part = { ...query, offset: page * PAGE, limit: PAGE };
        const { metadata, items } = await view(name, part, signal);
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
  return { known, failure, asked, onRange: useOnRange(open, () => look.current()) };
}

const PAGES_KEPT = 20;

/** Adds a page; of another question nothing is kept. */
function withPage<Items>(isNew: boolean, page: number, total: number, items: Items) {
  return (before: Known<Items> | undefined): Known<Items> => {
    const old = isNew || before === undefined ? [] : [...before.pages].slice(1 - PAGES_KEPT);
    return { total, pages: new Map([...old.filter(([at]) => at !== page), [page, items]]) };
  };
}

/** Those of the first and of the last row; `to` is exclusive. */
function pagesIn(from: number, to: number): number[] {
  const [first, last] = [Math.floor(from / PAGE), Math.floor(Math.max(from, to - 1) / PAGE)];
  return first === last ? [first] : [first, last];
}

/** What is scrolled to is asked for when the scrolling pauses. */
function useOnRange(open: { current: number[] }, look: () => void): (from: number, to: number) => void {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  return (from, to) => {
    const next = pagesIn(from, to);
    const isKnown = next.every((page) => open.current.includes(page));
    open.current = next;
    clearTimeout(timer.current);
    if (!isKnown) timer.current = setTimeout(look, SETTLE_MS);
  };
}
