import type { LocalServer, LoggedRequest } from '../../local/network/https-server.ts';

/** What a cluster was asked. */
export interface Asked {
  lists: number;
  /** Of one Namespace or one Secret. */
  looks: number;
  writes: number;
  /** Secrets that were looked at more than once. */
  lookedAgain: number;
  /** When the first and the last write came, ms since the epoch; 0: none. */
  firstWriteAt: number;
  lastWriteAt: number;
}

const isList = ({ method, path }: LoggedRequest): boolean =>
  method === 'GET' && /\/(?:namespaces|secrets)$/.test(path);

const isSecret = (path: string): boolean => /\/secrets\/[^/]+$/.test(path);

function summary(requests: readonly LoggedRequest[], secrets: ReadonlyMap<string, number>): Asked {
  const lists = requests.filter(isList).length;
  const writes = requests.filter(({ method, status }) => method !== 'GET' && status < 300 && status > 0);
  const times = writes.map(({ at }) => at);
  return {
    lists,
    looks: requests.filter(({ method }) => method === 'GET').length - lists,
    writes: writes.length,
    lookedAgain: [...secrets.values()].filter((times) => times > 1).length,
    firstWriteAt: times.length === 0 ? 0 : Math.min(...times),
    lastWriteAt: times.length === 0 ? 0 : Math.max(...times),
  };
}

/** Counts what a server is asked. */
export function createTally({ requests }: Pick<LocalServer, 'requests'>) {
  return {
    asked: (): Asked => {
      const looks = requests.filter(({ method, path }) => method === 'GET' && isSecret(path));
      const byPath = Map.groupBy(looks, ({ path }) => path);
      return summary(requests, new Map([...byPath].map(([path, { length }]) => [path, length])));
    },
    forget: () => void requests.splice(0),
  };
}
