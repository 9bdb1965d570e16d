import type { SecretVersion } from '../../local/key-vault/state.ts';
import type { Secret } from '../../local/kubernetes/api-server.ts';
import type { Stack } from '../../local/stack/start.ts';
import { ACCEPT } from '../../local/stack/tenancy.ts';
import type { Goal, Origin } from '../fleet/story.ts';

const INSTANCE = 'vaultcast-local';
const DAY_S = 24 * 3600;

type VaultState = 'valid' | 'near-expiry' | 'expired' | 'not-yet-valid' | 'disabled' | 'deleted' | 'missing';

/** A secret as its vault holds it. */
export interface TrueSource {
  state: VaultState;
  /** The latest version, whatever its attributes say. */
  latest: string | undefined;
  /** The versions that may stand in a Secret as what it should have: several where they hold the same value. */
  due: string[];
  /** What those hold. */
  value: string | undefined;
}

/** A goal as its cluster holds it. */
export interface TrueTarget {
  namespace: 'there' | 'missing';
  accepts: (secret: string) => boolean;
  live: 'ours' | 'foreign' | 'none';
  uid: string | undefined;
  resourceVersion: string | undefined;
  /** Of each key that it should have: the versions whose value stands under it, newest last. */
  standing: Record<string, string[]>;
  /** Keys of the Secret that it should not have. */
  surplus: string[];
  /** When vaultcast last wrote it, as its API server saw that; ms. */
  writtenAt: number | undefined;
}

/** Every version that there ever was: a purged secret takes its history with it, and its value goes on standing. */
export type Ledger = Map<string, SecretVersion[]>;

export function enter(ledger: Ledger, stack: Stack, vault: string, secret: string): void {
  const id = `${vault}/${secret}`;
  const known = ledger.get(id) ?? [];
  const seen = new Set(known.map(({ version }) => version));
  const fresh = stack.vault.history(vault, secret).filter(({ version }) => !seen.has(version));
  if (known.length + fresh.length > 0) ledger.set(id, [...known, ...fresh]);
}

/** Asks the vault's own store: what HTTP would answer is what is judged. */
export function sourceIn(stack: Stack, ledger: Ledger, vault: string, secret: string): TrueSource {
  const history = stack.vault.history(vault, secret);
  const now = Date.now() / 1000;
  const latest = stack.vault.latest(vault, secret);
  if (latest === undefined)
    return {
      state: ledger.has(`${vault}/${secret}`) ? 'deleted' : 'missing',
      latest: undefined,
      due: [],
      value: undefined,
    };
  const state = stateAt(now, latest);
  const usable = history.findLast(({ enabled, nbf = 0 }) => enabled && nbf <= now);
  const isGiven = state !== 'disabled' && usable !== undefined;
  const due = isGiven ? history.filter(({ value }) => value === usable.value) : [];
  return { state, latest: latest.version, due: due.map(({ version }) => version), value: due[0]?.value };
}

function stateAt(
  now: number,
  { enabled, nbf = 0, exp = Infinity }: { enabled: boolean; nbf?: number; exp?: number },
): VaultState {
  if (!enabled) return 'disabled';
  if (nbf > now) return 'not-yet-valid';
  if (exp <= now) return 'expired';
  return exp <= now + 30 * DAY_S ? 'near-expiry' : 'valid';
}

/** Asks the cluster's own store, so that it knows of a cluster that is away, too. */
export function targetIn(stack: Stack, ledger: Ledger, goal: Goal): TrueTarget {
  const { cluster, namespace, name } = goal;
  const api = stack.cluster(cluster);
  const secret = api.secret(namespace, name);
  const home = api.snapshot().namespaces.get(namespace)?.metadata;
  const data = secret?.data ?? {};
  const standing = Object.entries(goal.keys).map(([key, from]) => [
    key,
    versionsOf(ledger.get(`${goal.vault}/${from.secret}`) ?? [], from, data[key]),
  ]);
  return {
    namespace: home === undefined ? 'missing' : 'there',
    accepts: (asked) => acceptsIn(home?.annotations?.[ACCEPT], asked),
    live: liveIn(secret, goal),
    uid: secret?.metadata.uid,
    resourceVersion: secret?.metadata.resourceVersion,
    standing: Object.fromEntries(standing) as Record<string, string[]>,
    surplus: Object.keys(data).filter((key) => !(key in goal.keys)),
    writtenAt: lastWrite(stack, goal),
  };
}

function liveIn(secret: Secret | undefined, { cluster, namespace, name }: Goal): TrueTarget['live'] {
  if (secret === undefined) return 'none';
  const { labels = {}, annotations = {} } = secret.metadata;
  const isOurs =
    labels['app.kubernetes.io/managed-by'] === 'vaultcast' &&
    labels['vaultcast.dev/instance'] === INSTANCE &&
    annotations['vaultcast.dev/target'] === `${cluster}/${namespace}/${name}`;
  return isOurs ? 'ours' : 'foreign';
}

function versionsOf(
  history: readonly SecretVersion[],
  { take }: Origin,
  encoded: string | undefined,
): string[] {
  if (encoded === undefined) return [];
  const value = Buffer.from(encoded, 'base64').toString('utf8');
  return history.filter((one) => take(one.value) === value).map(({ version }) => version);
}

/** Enough of the grammar for the annotations of the stories: prefixes and whole names. */
function acceptsIn(annotation: string | undefined, secret: string): boolean {
  const entries = (annotation ?? '').split(',').filter((entry) => entry !== '');
  return entries.some((entry) => (entry.endsWith('--') ? secret.startsWith(entry) : secret === entry));
}

function lastWrite(stack: Stack, { cluster, namespace, name }: Goal): number | undefined {
  const all = `/api/v1/namespaces/${namespace}/secrets`;
  const writes = stack
    .cluster(cluster)
    .server.requests.filter(
      ({ method, path, status }) =>
        status >= 200 &&
        status < 300 &&
        ((method === 'POST' && path === all) || (method === 'PUT' && path === `${all}/${name}`)),
    );
  return writes.at(-1)?.at;
}
