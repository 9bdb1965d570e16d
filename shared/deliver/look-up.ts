import { candidatePrefixes, segmentsOf, type SecretRef } from '../names.ts';
import type { Ports, Rows } from '../ports.ts';
import type { Cluster, Route } from '../registry/document.ts';
import type { Circuit } from '../retry/back-off.ts';
import { type Failure, failureOf } from '../errors.ts';
import { within } from '../time.ts';

/** What the tables say about a secret, read at once. */
export interface Routing {
  routes: Rows<Route>;
  clusters: Rows<Cluster>;
  circuits: ReadonlyMap<string, Circuit>;
}

/** The routes whose prefix can match the name, the clusters, and which clusters are being probed. */
export async function lookUp(
  ports: Pick<Ports, 'registry' | 'status' | 'log' | 'clock'>,
  secret: SecretRef,
  signal: AbortSignal,
): Promise<Routing> {
  const prefixes = candidatePrefixes(segmentsOf(secret.name) ?? [secret.name]);
  const [routes, clusters, circuits] = await Promise.all([
    ports.registry.routesByPrefix(secret.vault, prefixes, signal),
    ports.registry.clusters(signal),
    circuitsOrFailure(ports, signal),
  ]);
  // Not said before the others are there: when one of them fails the invocation ends, and may log nothing after that.
  return { routes, clusters, circuits: orNone(ports, circuits) };
}

/** A table that is slow must not cost the event its time. */
const CIRCUITS_MS = 2000;

/** Circuits spare sick clusters; without them everything is simply tried. */
export async function circuitsOrNone(
  ports: Pick<Ports, 'status' | 'log' | 'clock'>,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Circuit>> {
  return orNone(ports, await circuitsOrFailure(ports, signal));
}

type CircuitsRead = { circuits: ReadonlyMap<string, Circuit> } | Failure;

async function circuitsOrFailure(
  ports: Pick<Ports, 'status' | 'clock'>,
  signal: AbortSignal,
): Promise<CircuitsRead> {
  try {
    const read = (inTime: AbortSignal) => ports.status.circuits(inTime);
    return { circuits: await within(ports.clock, CIRCUITS_MS, signal, read) };
  } catch (error) {
    return failureOf(error);
  }
}

function orNone({ log }: Pick<Ports, 'log'>, read: CircuitsRead): ReadonlyMap<string, Circuit> {
  if ('circuits' in read) return read.circuits;
  log.note(read.code, read.message);
  return new Map();
}
