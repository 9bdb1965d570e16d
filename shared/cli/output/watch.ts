import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../command.ts';
import { reasonOf } from '../terminal/failure.ts';
import type { ExitCode } from '../terminal/io.ts';
import { EXIT, note } from '../terminal/io.ts';

/** One look at what is shown. */
interface Look {
  code: ExitCode;
  /** What each thing shown is like, by its name. */
  items: ReadonlyMap<string, string>;
  /** Shows all, or only what is named. */
  show: (changed: ReadonlySet<string> | undefined) => Promise<void>;
}

/** How one of these things is told from the others, whether it changed, and how they are shown. */
interface Showing<T> {
  nameOf: (thing: T) => string;
  /** What one is like: it has changed when this has. */
  textOf: (thing: T) => string;
  /** Shows all, or those that changed. */
  show: (things: readonly T[]) => Promise<void>;
}

/** One look at these things, which alone would end with this exit code. */
export function oneLook<T>(code: ExitCode, things: readonly T[], { nameOf, textOf, show }: Showing<T>): Look {
  return {
    code,
    items: new Map(things.map((thing) => [nameOf(thing), textOf(thing)])),
    show: (changed) => show(things.filter((thing) => changed?.has(nameOf(thing)) ?? true)),
  };
}

/** Looks once; or, with `--watch`, again and again until Ctrl-C, and shows what changed. */
export async function lookOrWatch(
  { io, pollMs }: Context,
  isWatching: boolean,
  look: () => Promise<Look>,
): Promise<ExitCode> {
  const first = await look();
  await first.show(undefined);
  if (!isWatching) return first.code;
  let known = first.items;
  for (;;) {
    await sleep(2 * pollMs, undefined, { signal: io.signal }).catch(() => undefined);
    if (io.signal.aborted) return EXIT.interrupted;
    try {
      const next = await look();
      await showNews(next, known, (text) => note(io, text));
      known = next.items;
    } catch (error) {
      // What cannot be read once may be read at the next look.
      if (!io.signal.aborted) note(io, `${timeText()}  not seen: ${reasonOf(error)}`);
    }
  }
}

async function showNews(
  { items, show }: Look,
  known: ReadonlyMap<string, string>,
  tell: (text: string) => void,
): Promise<void> {
  const changed = new Set([...items].filter(([key, text]) => known.get(key) !== text).map(([key]) => key));
  const gone = [...known.keys()].filter((key) => !items.has(key));
  if (changed.size === 0 && gone.length === 0) return;
  tell(`${timeText()}${gone.length === 0 ? '' : `  no longer there: ${gone.join(', ')}`}`);
  if (changed.size > 0) await show(changed);
}

function timeText(): string {
  return new Date().toISOString().slice(11, 19);
}
