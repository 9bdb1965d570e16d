import pLimit from 'p-limit';
import { DELIMITER } from '../names.ts';
import type { Ports } from '../ports.ts';
import type { Route } from '../registry/document.ts';
import { explicitSources } from '../route/placement.ts';
import type { Listing, SourceProperties, SourceRead } from '../source/source.ts';

/** The secrets of routes that name all of theirs; undefined when one of them takes what a listing shows. */
export function namedSecrets(routes: readonly Route[]): string[] | undefined {
  const names = routes.map(namesOf);
  return names.includes(undefined) ? undefined : [...new Set(names.flatMap((one) => one ?? []))];
}

function namesOf(route: Route): string[] | undefined {
  const { layout, prefix, match } = route.spec;
  if (layout === 'explicit' && match === undefined) return explicitSources(route);
  return prefix !== '' && !prefix.endsWith(DELIMITER) ? [prefix] : undefined;
}

const READS_AT_ONCE = 8;

/**
 * What a listing would say of these secrets, for an identity with roles on single secrets: it may get each of them and list
 * none. A GET gives the value, too, which is dropped here. Rejects when one can neither be read nor is known to be gone.
 */
export async function listNamed(
  { vault, clock }: Pick<Ports, 'vault' | 'clock'>,
  alias: string,
  names: readonly string[],
  signal: AbortSignal,
): Promise<Listing> {
  const limit = pLimit(READS_AT_ONCE);
  const reads = await Promise.all(
    names.map((name) => limit(async () => [name, await vault.read({ vault: alias, name }, signal)] as const)),
  );
  const known = reads.flatMap(([name, read]) => {
    const properties = propertiesOf(name, read);
    return properties === undefined ? [] : [[name, properties] as const];
  });
  const times = reads.flatMap(([, read]) => (read.state === 'readable' ? [read.version.readAt] : []));
  return { vault: alias, secrets: new Map(known), readAt: Math.min(...times, clock.now() / 1000) };
}

/** Of a disabled secret a GET tells that it is, and nothing more. */
function propertiesOf(name: string, read: SourceRead): SourceProperties | undefined {
  switch (read.state) {
    case 'readable': {
      const { value: _value, version: _version, readAt: _readAt, ...properties } = read.version;
      return properties;
    }
    case 'disabled':
      return { name, enabled: false, created: 0, updated: 0, tags: {} };
    case 'deleted':
      return undefined;
  }
}
