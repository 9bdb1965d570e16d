import { candidatePrefixes, segmentsOf, type SecretRef } from '../names.ts';
import type { Ports, Rows } from '../ports.ts';
import type { Cluster, Route } from '../registry/document.ts';
import type { BackOff } from '../retry/back-off.ts';
import { type Failure, failureOf } from '../errors.ts';
import { within } from '../time.ts';

/** What the tables say about a secret, read at once. */
export interface Routing {
  routes: Rows<Route>;
  clusters: Rows<Cluster>;
  backOffs: ReadonlyMap<string, BackOff>;
}

/** The routes whose prefix can match the name, the clusters, and which clusters are being probed. */
export async function lookUp(
  ports: Pick<Ports, 'registry' | 'status' | 'log' | 'clock'>,
  secret: SecretRef,
  signal: AbortSignal,
): Promise<Routing> {
  const prefixes = candidatePrefixes(segmentsOf(secret.name) ?? [secret.name]);
  const [routes, clusters, backOffs] = await Promise.all([
    ports.registry.routesByPrefix(secret.vault, prefixes, signal),
    ports.registry.clusters(signal),
    backOffsOrFailure(ports, signal),
  ]);
  // Not said before the others are there: when one of them fails the invocation ends, and may log nothing after that.
  return { routes, clusters, backOffs: orNone(ports, backOffs) };
}

/** A table that is slow must not cost the event its time. */
const BACK_OFFS_MS = 2000;

/** Back-offs spare sick clusters; without them everything is simply tried. */
export async function backOffsOrNone(
  ports: Pick<Ports, 'status' | 'log' | 'clock'>,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, BackOff>> {
  return orNone(ports, await backOffsOrFailure(ports, signal));
}

type BackOffsRead = { backOffs: ReadonlyMap<string, BackOff> } | Failure;

async function backOffsOrFailure(
  ports: Pick<Ports, 'status' | 'clock'>,
  signal: AbortSignal,
): Promise<BackOffsRead> {
  try {
    const read = (inTime: AbortSignal) => ports.status.backOffs(inTime);
    return { backOffs: await within(ports.clock, BACK_OFFS_MS, signal, read) };
  } catch (error) {
    return failureOf(error);
  }
}

function orNone({ log }: Pick<Ports, 'log'>, read: BackOffsRead): ReadonlyMap<string, BackOff> {
  if ('backOffs' in read) return read.backOffs;
  log.note(read.code, read.message);
  return new Map();
}
