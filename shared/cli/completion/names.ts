import type { Context } from '../command.ts';
import { viewOf } from '../connect/registry.ts';

/** Somebody presses Tab and waits: later than this, no names. */
const PATIENCE_MS = 2000;

/** Registered names, where the environment says where the registry is. Never rejects: no names are no harm. */
export async function registeredNames({
  io,
  openRegistry,
}: Context): Promise<{ clusters: string[]; routes: string[] }> {
  try {
    const signal = AbortSignal.any([io.signal, AbortSignal.timeout(PATIENCE_MS)]);
    const registry = await openRegistry({}, io);
    const { clusters, routes } = viewOf((await registry.list(signal)).existing);
    return { clusters: clusters.map(nameOf), routes: routes.map(nameOf) };
  } catch {
    return { clusters: [], routes: [] };
  }
}

function nameOf({ metadata }: { metadata: { name: string } }): string {
  return metadata.name;
}
