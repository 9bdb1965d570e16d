import type { Config } from '../../config/config.ts';
import { VaultcastError } from '../../errors.ts';
import type { Cluster } from '../../registry/document.ts';
import { aksServerRefusal } from './host.ts';
import type { createAksLookUp } from './look-up.ts';
import { notAsked, type ClusterConnection, type Connect } from '../kubernetes/connection.ts';
import type { Endpoint } from '../storage/status/endpoints.ts';
import { unlessAborted } from '../../time.ts';

/**
 * The application that AKS API servers take tokens of, the same in every cloud. Its tokens open every AKS cluster of the
 * tenant, so they go nowhere else. https://azure.github.io/kubelogin/concepts/aks.html
 */
const AKS_SCOPE = '6dae42f8-4368-4678-94ff-3960e28e3630/.default';

const DAY_MS = 24 * 3600 * 1000;
/** Azure is asked at most this often for a cluster that fails, or that did not satisfy. */
const AGAIN_MS = 5 * 60_000;
/** How old what is known may be, by how much of a look-up a call is worth. */
const OLDEST_MS = {
  known: Number.POSITIVE_INFINITY,
  daily: DAY_MS,
  refused: AGAIN_MS,
  now: Number.NEGATIVE_INFINITY,
};

interface AksOptions {
  /** By scope. */
  tokens: (scope: string) => Extract<ClusterConnection['auth'], { source: string }>['bearer'];
  lookUp: ReturnType<typeof createAksLookUp>;
  /** What processes tell each other: table `Endpoints`. */
  endpoints: {
    read(cluster: string, signal: AbortSignal): Promise<Endpoint | undefined>;
    save(cluster: string, endpoint: Endpoint, signal: AbortSignal): Promise<void>;
  };
  /** Hosts that may be talked to besides those of AKS itself. */
  allowed: Config['clusters'];
  now?: () => number;
}

/** An endpoint as kept in memory; only here a static login lives. */
type Known = Endpoint & { static?: ClusterConnection['auth'] };

function isGoodEnough(known: Known, oldestMs: number, allowsStatic: boolean, age: number): boolean {
  // After a refusal, and for a person, its age alone counts.
  if (oldestMs <= AGAIN_MS) return age < oldestMs;
  if (known.login === 'static' && known.static === undefined && allowsStatic) return false;
  // What is refused anyway may have been mended: looked at again, but not at every call.
  if (known.login === 'static' && !allowsStatic) return age < AGAIN_MS;
  return age < oldestMs;
}

const LOCAL_ACCOUNTS =
  'it hands out static credentials instead of asking Entra; run az aks update --enable-aad (and --disable-local-accounts), or set allowStaticCredentials: true';

/** AKS clusters, given by ARM id: where they are and their authority are looked up in Azure and kept in table `Endpoints`. */
export function createAksConnect(options: AksOptions): Connect {
  const { tokens, allowed } = options;
  const find = createFinder(options);

  const authOf = (known: Known, { spec }: Cluster): ClusterConnection['auth'] => {
    if (known.login === 'entra') return { source: 'aks', bearer: tokens(AKS_SCOPE) };
    if (!spec.allowStaticCredentials) throw new VaultcastError('CLUSTER_CREDENTIAL', LOCAL_ACCOUNTS);
    if (known.static !== undefined) return known.static;
    throw new VaultcastError('CLUSTER_CREDENTIAL', 'its credential is not known');
  };

  return async (cluster, signal, freshness) => {
    const known = await find(cluster, signal, freshness);
    const refusal = aksServerRefusal(allowed, known.server);
    if (refusal !== undefined) throw new VaultcastError('CLUSTER_NOT_ALLOWED', refusal);
    return { server: known.server, ca: known.ca, auth: authOf(known, cluster) };
  };
}

/** A static login is only in the memory of the process that looked it up. */
const canLogIn = ({ login, static: own }: Known, { spec }: Cluster): boolean =>
  login === 'entra' || own !== undefined || !spec.allowStaticCredentials;

/** Memory, then the table, then Azure; what is known outlives a failure of Azure. */
function createFinder({ lookUp, endpoints, now = Date.now }: AksOptions): Connect<Known> {
  const memory = new Map<string, Known>();
  const tried = new Map<string, number>();

  const ask = async (name: string, armId: string, signal: AbortSignal): Promise<Known> => {
    tried.set(armId, now());
    const { server, ca, login } = await unlessAborted(signal, lookUp(armId), notAsked);
    const found: Endpoint = { armId, server, ca, login: login ? 'static' : 'entra', lookedUpAt: now() };
    const source = `static ${found.lookedUpAt}`;
    const own = login && ('token' in login ? { source, bearer: async () => login.token } : login);
    const known: Known = { ...found, ...(own && { static: own }) };
    memory.set(name, known);
    // Losing it costs the next process a look-up.
    await endpoints.save(name, found, signal).catch(() => {});
    return known;
  };
  /** What another process found meanwhile, if it is newer. */
  const newest = async (name: string, armId: string, held: Known | undefined, signal: AbortSignal) => {
    const stored = await endpoints.read(name, signal).catch(() => undefined);
    if (stored?.armId !== armId || stored.lookedUpAt <= (held?.lookedUpAt ?? 0)) return held;
    const known: Known = stored;
    memory.set(name, known);
    return known;
  };

  return async (cluster, signal, freshness) => {
    const { name } = cluster.metadata;
    const armId = (cluster.spec.aks ?? '').toLowerCase();
    const suffices = (known: Known): boolean => {
      const age = now() - Math.max(known.lookedUpAt, tried.get(armId) ?? 0);
      return isGoodEnough(known, OLDEST_MS[freshness], cluster.spec.allowStaticCredentials, age);
    };
    const held = memory.get(name)?.armId === armId ? memory.get(name) : undefined;
    if (held !== undefined && suffices(held)) return held;
    const known = await newest(name, armId, held, signal);
    if (known !== undefined && suffices(known)) return known;
    return ask(name, armId, signal).catch((error: unknown) => {
      if (known === undefined || freshness === 'now' || !canLogIn(known, cluster)) throw error;
      return known;
    });
  };
}
