import { NEVER, unlessAborted } from '../../time.ts';
import type { KeyVault } from '../../ports.ts';

/**
 * At most one read per secret and one listing per vault is in flight in a process, however many invocations want it. Who
 * comes while one runs does not share it, because it may be older than what that caller has observed: all who wait share
 * the next one, which starts when the running one has ended.
 */
export function sharedReads(vault: KeyVault): KeyVault {
  const read = nextInLine<Awaited<ReturnType<KeyVault['read']>>>();
  const list = nextInLine<Awaited<ReturnType<KeyVault['list']>>>();
  return {
    ...vault,
    read: (secret, signal) =>
      read(`${secret.vault}/${secret.name}`, signal, (shared) => vault.read(secret, shared)),
    list: (name, signal) => list(name, signal, (shared) => vault.list(name, shared)),
  };
}

interface Line<T> {
  running: Promise<unknown>;
  next: Promise<T> | undefined;
}

type Start<T> = (signal: AbortSignal) => Promise<T>;

/** The shared call runs under the adapter's own timeout: one caller's end must not end it for the others. */
function nextInLine<T>(): (key: string, signal: AbortSignal, start: Start<T>) => Promise<T> {
  const lines = new Map<string, Line<T>>();

  const run = (key: string, start: Start<T>): Promise<T> => {
    const result = start(NEVER);
    const line: Line<T> = { running: result.catch(() => undefined), next: undefined };
    lines.set(key, line);
    void line.running.then(() => {
      if (lines.get(key) === line && line.next === undefined) lines.delete(key);
    });
    return result;
  };

  return (key, signal, start) => {
    const line = lines.get(key);
    if (line === undefined) return unlessAborted(signal, run(key, start));
    line.next ??= line.running.then(() => run(key, start));
    return unlessAborted(signal, line.next);
  };
}
