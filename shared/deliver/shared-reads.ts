import pLimit from 'p-limit';
import type { Ports } from '../ports.ts';
import { unlessAborted } from '../time.ts';

/**
 * At most one read per secret and one listing per vault is in flight in a process, however many invocations want it. Who
 * comes while one runs does not share it, because it may be older than what that caller has observed: all who wait share
 * the next one, which starts when the running one has ended. A caller whose time is over gets OUT_OF_TIME, for the vault is
 * not to blame; what nobody waits for any more is aborted, or never starts.
 */
export function sharedReads<V extends Ports['vault']>(vault: V): V {
  const read = nextInLine<Awaited<ReturnType<Ports['vault']['read']>>>();
  const list = nextInLine<Awaited<ReturnType<Ports['vault']['list']>>>();
  const inTurn = turnsPerVault();
  return {
    ...vault,
    read: (secret, signal) =>
      read(`${secret.vault}/${secret.name}`, signal, (shared) =>
        inTurn(secret.vault, shared, () => vault.read(secret, shared)),
      ),
    readVersion: (secret, version, signal) =>
      inTurn(secret.vault, signal, () => vault.readVersion(secret, version, signal)),
    certificate: (secret, version, signal) =>
      inTurn(secret.vault, signal, () => vault.certificate(secret, version, signal)),
    versions: (secret, signal) => inTurn(secret.vault, signal, () => vault.versions(secret, signal)),
    list: (name, signal) => list(name, signal, (shared) => vault.list(name, shared)),
  };
}

/**
 * Requests to one vault at once. A Secret of hundreds of sources would else open a connection for each, and the last ones'
 * time would be over before they were sent. A vault takes 4,000 in ten seconds:
 * https://learn.microsoft.com/azure/key-vault/general/service-limits
 */
const AT_ONCE = 32;

/** The wait for a turn is ours: a request's own time begins when it is sent. */
function turnsPerVault(): <T>(vault: string, signal: AbortSignal, ask: () => Promise<T>) => Promise<T> {
  const limits = new Map<string, ReturnType<typeof pLimit>>();
  return (vault, signal, ask) => {
    const limit = limits.get(vault) ?? pLimit(AT_ONCE);
    limits.set(vault, limit);
    // Whoever has left by then asks nothing any more.
    return limit(() => (signal.aborted ? unlessAborted(signal, new Promise<never>(() => {})) : ask()));
  };
}

type Start<T> = (signal: AbortSignal) => Promise<T>;

/** The calls of one key: the one that runs and, while somebody waits for it, the one after it. */
interface Line<T> {
  running: Turn<T>;
  next: Turn<T> | undefined;
}

function nextInLine<T>(): (key: string, signal: AbortSignal, start: Start<T>) => Promise<T> {
  const lines = new Map<string, Line<T>>();

  const advance = (key: string, line: Line<T>): void => {
    if (line.next === undefined || line.next.isAbandoned()) lines.delete(key);
    else run(key, line.next);
  };
  const run = (key: string, running: Turn<T>): void => {
    const line: Line<T> = { running, next: undefined };
    lines.set(key, line);
    void running.start().then(() => advance(key, line));
  };

  return async (key, signal, start) => {
    const line = lines.get(key);
    if (line === undefined) {
      const turn = newTurn(start);
      const joined = turn.join(signal);
      run(key, turn);
      return joined;
    }
    if (line.next === undefined || line.next.isAbandoned()) line.next = newTurn(start);
    return line.next.join(signal);
  };
}

/** One call that several callers wait for. */
interface Turn<T> {
  /** Resolves when the call has ended, however, or nobody waits for it any more. */
  start(): Promise<void>;
  join(signal: AbortSignal): Promise<T>;
  isAbandoned(): boolean;
}

function newTurn<T>(call: Start<T>): Turn<T> {
  const abandoned = new AbortController();
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  let waiting = 0;
  return {
    start: () => {
      const ended = call(abandoned.signal).then(resolve, reject);
      return unlessAborted(abandoned.signal, ended).catch(() => undefined);
    },
    async join(signal) {
      waiting += 1;
      try {
        return await unlessAborted(signal, promise);
      } finally {
        waiting -= 1;
        if (waiting === 0) abandoned.abort();
      }
    },
    isAbandoned: () => abandoned.signal.aborted,
  };
}
