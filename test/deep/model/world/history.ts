import type { SecretVersion } from '../../../local/key-vault/state.ts';

export type State = 'valid' | 'expired' | 'not-yet-valid' | 'disabled' | 'deleted';

/** A route as people wrote it. */
export interface ModelRoute {
  name: string;
  prefix: string;
  namespace: string;
  /** The secrets it takes of its prefix, when not all. */
  only?: readonly string[];
  /** The one Secret it makes, and the key in it; else each service of the prefix is a Secret. */
  explicit?: { target: string; key: string };
  type: string;
  immutable: boolean;
  /** What waits for others of the same Secret waits five seconds. */
  debounced: boolean;
  paused: boolean;
  /** Its row cannot be read. */
  garbled: boolean;
  /** `remove` for disabled, deleted and expired sources. */
  removes: boolean;
}

export interface ModelCluster {
  paused: boolean;
  removesOrphans: boolean;
}

/** The latest version of a secret, and since when (ms) it is that; undefined when there never was one. */
interface ModelSecret {
  latest: SecretVersion | undefined;
  since: number;
  /** When it was last restored from a backup, ms; 0: never. */
  restored: number;
  /** One of its versions is none that its tag promises: until a date comes it may be the one that is valid. */
  wasBroken: boolean;
  isDeleted: boolean;
}

/** The world as people made it, from `at` until the next one. */
export interface Moment {
  /** ms since the epoch. */
  at: number;
  vault: ReadonlyMap<string, ModelSecret>;
  routes: ReadonlyMap<string, ModelRoute>;
  clusters: ReadonlyMap<string, ModelCluster>;
  /** `cluster/namespace` -> what it accepts; missing: there is no such namespace. */
  namespaces: ReadonlyMap<string, string>;
}

export function latestOf(moment: Moment, name: string): SecretVersion | undefined {
  const secret = moment.vault.get(name);
  return secret?.isDeleted === false ? secret.latest : undefined;
}

export function stateOf(moment: Moment, name: string, atMs: number): State {
  const version = latestOf(moment, name);
  if (version === undefined) return 'deleted';
  if (!version.enabled) return 'disabled';
  const now = Math.floor(atMs / 1000);
  if (version.nbf !== undefined && version.nbf > now) return 'not-yet-valid';
  return version.exp !== undefined && version.exp <= now ? 'expired' : 'valid';
}

/** Whether its bytes are none that its tag promises. */
export function isBroken(version: SecretVersion | undefined): boolean {
  return version?.tags?.['file-encoding'] !== undefined;
}

export function accepts(moment: Moment, cluster: string, namespace: string, name: string): boolean {
  return isAmong(moment.namespaces.get(`${cluster}/${namespace}`) ?? '', name);
}

/** Whether a namespace with this annotation takes the secret. */
export function isAmong(accept: string, name: string): boolean {
  return accept
    .split(',')
    .some((entry) => (entry.endsWith('--') ? name.startsWith(entry) : entry !== '' && entry === name));
}

/** Whether the route, as it stands then, takes the secret to this Secret, and under which key. */
export function keyOf(
  route: ModelRoute | undefined,
  name: string,
  namespace: string,
  target: string,
): string | undefined {
  if (route === undefined || route.namespace !== namespace || !name.startsWith(route.prefix))
    return undefined;
  if (route.only !== undefined && !route.only.includes(name)) return undefined;
  if (route.explicit !== undefined) return route.explicit.target === target ? route.explicit.key : undefined;
  const [, service, key] = name.split('--');
  return service === target ? key : undefined;
}

/** A point in the history: the moment that held, and the time. */
export interface Mark {
  index: number;
  ms: number;
}

/** A moment, and the times at which it is to be judged. */
export interface Judged {
  moment: Moment;
  times: readonly number[];
}

export class History {
  readonly moments: Moment[] = [];

  add(moment: Moment): void {
    this.moments.push(moment);
  }

  get now(): Moment {
    const last = this.moments.at(-1);
    if (last === undefined) throw new Error('the world has no beginning');
    return last;
  }

  mark(nowMs: number): Mark {
    return { index: this.moments.length - 1, ms: nowMs };
  }

  /** The moment that held at that time. */
  markAt(ms: number): Mark {
    return {
      index: Math.max(
        0,
        this.moments.findLastIndex(({ at }) => at <= ms),
      ),
      ms,
    };
  }

  /** Every moment that held at the mark or since. */
  since({ index: from, ms: fromMs }: Mark, nowMs: number): Judged[] {
    return this.moments.slice(Math.max(0, from)).map((moment, index, all) => {
      const end = all[index + 1]?.at ?? nowMs;
      return { moment, times: [Math.max(moment.at, fromMs), Math.max(end, fromMs)] };
    });
  }
}
