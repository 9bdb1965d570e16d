import { failureOf } from '../errors.ts';
import type { SecretRef, TargetRef } from '../names.ts';
import type { Ports, Rows } from '../ports.ts';
import type { Route } from '../registry/document.ts';
import type { Listing, Source, SourceVersion } from '../source/source.ts';
import { newestValid, stateOf } from '../source/state.ts';

/**
 * Reads shared by the targets of one wave: each source, each listing and the routes at most once. Made after the wave's
 * observations, so everything in it is newer than they are; never used again after a conflict.
 */
export interface Reads {
  source(ref: SecretRef): Promise<Source>;
  certificate(ref: SecretRef, version: string): ReturnType<Ports['vault']['certificate']>;
  listing(vault: string): Promise<Listing>;
  routes(): Promise<Rows<Route>>;
  /** The route that made what stood at a target last, as `vault/name`; undefined when nobody knows. */
  maker(target: TargetRef): Promise<string | undefined>;
}

export function startReads(ports: Pick<Ports, 'vault' | 'registry' | 'status'>, signal: AbortSignal): Reads {
  const sources = new Map<string, Promise<Source>>();
  const certificates = new Map<string, ReturnType<Reads['certificate']>>();
  let routes: Promise<Rows<Route>> | undefined;
  return {
    source: (ref) => once(sources, `${ref.vault}/${ref.name}`, () => readSource(ports, ref, signal)),
    certificate: (ref, version) =>
      once(certificates, `${ref.vault}/${ref.name}@${version}`, () =>
        ports.vault.certificate(ref, version, signal),
      ),
    listing: listingsOf(ports, signal),
    routes: () => (routes ??= ports.registry.routes(signal)),
    maker: async (target) => (await ports.status.target(target, signal))?.maker || undefined,
  };
}

/** Listings, each made once; what is observed before the first of them may use them all. */
export function listingsOf({ vault }: Pick<Ports, 'vault'>, signal: AbortSignal): Reads['listing'] {
  const listings = new Map<string, Promise<Listing>>();
  return (name) => once(listings, name, () => vault.list(name, signal));
}

function once<T>(known: Map<string, Promise<T>>, key: string, start: () => Promise<T>): Promise<T> {
  const running = known.get(key) ?? start();
  known.set(key, running);
  return running;
}

/** Never rejects: a source that cannot be read says why. */
export async function readSource(
  { vault }: Pick<Ports, 'vault'>,
  ref: SecretRef,
  signal: AbortSignal,
): Promise<Source> {
  try {
    const read = await vault.read(ref, signal);
    if (read.state !== 'readable') return { state: read.state };
    const { version: latest } = read;
    const state = stateOf(latest, latest.readAt);
    switch (state) {
      case 'disabled':
        return { state };
      case 'not-yet-valid':
        return { state, latest, version: await olderVersion(vault, ref, latest.readAt, signal) };
      default:
        return { state, version: latest };
    }
  } catch (error) {
    return { state: 'unreadable', failure: failureOf(error) };
  }
}

/** The newest version that is valid already, while the latest waits for its not-before date. */
async function olderVersion(
  vault: Ports['vault'],
  ref: SecretRef,
  now: number,
  signal: AbortSignal,
): Promise<SourceVersion | undefined> {
  const chosen = newestValid(await vault.versions(ref, signal), now);
  if (chosen === undefined) return undefined;
  const read = await vault.readVersion(ref, chosen.version, signal);
  return read.state === 'readable' ? read.version : undefined;
}
