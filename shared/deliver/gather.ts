import { failureOf } from '../errors.ts';
import type { SecretRef } from '../names.ts';
import type { Ports, Rows } from '../ports.ts';
import type { Listing, SourceVersion } from '../source/source.ts';
import { newestValid, stateOf } from '../source/state.ts';
import type { Source, SourceStatus } from '../source/usable.ts';
import type { Route } from '../registry/document.ts';

/**
 * Reads shared by the targets of one wave: each source, each listing and the routes at most once. Made after the wave's
 * observations, so everything in it is newer than they are; never reused after a conflict.
 */
export interface Gathering {
  source(ref: SecretRef): Promise<Source>;
  listing(vault: string): Promise<Listing>;
  routes(): Promise<Rows<Route>>;
}

type World = Pick<Ports, 'vault' | 'registry'>;

export function gathering(ports: World, signal: AbortSignal): Gathering {
  const sources = new Map<string, Promise<Source>>();
  const listings = new Map<string, Promise<Listing>>();
  let routes: Promise<Rows<Route>> | undefined;
  return {
    source: (ref) => once(sources, `${ref.vault}/${ref.name}`, () => gatherSource(ports, ref, signal)),
    listing: (vault) => once(listings, vault, () => ports.vault.list(vault, signal)),
    routes: () => (routes ??= ports.registry.routes(signal)),
  };
}

function once<T>(known: Map<string, Promise<T>>, key: string, start: () => Promise<T>): Promise<T> {
  const running = known.get(key) ?? start();
  known.set(key, running);
  return running;
}

async function gatherSource(ports: World, ref: SecretRef, signal: AbortSignal): Promise<Source> {
  try {
    const read = await ports.vault.read(ref, signal);
    if (read.state !== 'readable') return { state: read.state };
    const state = stateOf(read.version, read.version.readAt);
    switch (state) {
      case 'disabled':
        return { state };
      case 'not-yet-valid':
        return {
          state,
          latest: read.version,
          version: await olderVersion(ports, ref, read.version.readAt, signal),
        };
      default:
        return { state, version: read.version };
    }
  } catch (error) {
    return { state: 'unreadable', failure: failureOf(error) };
  }
}

/** The newest version that is valid already, while the latest waits for its not-before date. */
async function olderVersion(
  ports: World,
  ref: SecretRef,
  now: number,
  signal: AbortSignal,
): Promise<SourceVersion | undefined> {
  const chosen = newestValid(await ports.vault.versions(ref, signal), now);
  if (chosen === undefined) return undefined;
  const read = await ports.vault.readVersion(ref, chosen.version, signal);
  return read.state === 'readable' ? read.version : undefined;
}

/** The version Key Vault calls the latest, whether it is valid already or not. */
export function latestOf(gathered: Source | SourceStatus): string | undefined {
  if (gathered.state === 'not-yet-valid') return gathered.latest.version;
  return 'version' in gathered ? gathered.version.version : undefined;
}
