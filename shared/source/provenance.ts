import { perText } from '../remember.ts';

/** What is recorded of one source on a Secret: which version was delivered. */
export interface Delivered {
  readonly version: string;
  /** Unix seconds. */
  readonly created: number;
}

/** Sources as recorded on a live Secret; names are lower case. */
interface Provenance {
  readonly vault: string;
  readonly sources: ReadonlyMap<string, Delivered>;
}

/**
 * The annotation `vaultcast.dev/sources`: `vault/name@version:created`, comma-separated, sorted. People and the admission
 * policy read it; it is written by us but anyone with access can edit it, so it never adds a source or a target.
 */
export function formatProvenance(provenance: Provenance): string {
  return [...provenance.sources]
    .map(([name, { version, created }]) => `${provenance.vault}/${name}@${version}:${created}`)
    .sort()
    .join(',');
}

const ENTRY =
  /^(?<vault>[a-z0-9-]{3,24})\/(?<name>[a-z0-9-]{1,127})@(?<version>[0-9a-z]{1,64}):(?<created>\d{1,12})$/;

const KEPT_CHARACTERS = 512 * 1024;
/** Longer ones, of a thousand sources, are parsed each time rather than kept. */
const LONG = 4096;

/** One look at a target asks several times, and a secret that goes to many clusters is recorded in the same words in each. */
const parsedOnce = perText(KEPT_CHARACTERS, parsedProvenance);

/** Entries that do not follow the grammar, or are of another vault than the first, are left out. */
export function parseProvenance(annotation = ''): Provenance {
  return annotation.length > LONG ? parsedProvenance(annotation) : parsedOnce(annotation);
}

function parsedProvenance(annotation: string): Provenance {
  const entries = annotation.split(',').flatMap((entry) => {
    const groups = ENTRY.exec(entry)?.groups;
    return groups === undefined ? [] : [groups];
  });
  const vault = entries[0]?.['vault'] ?? '';
  const sources = entries
    .filter((entry) => entry['vault'] === vault)
    .map((entry) => [entry['name'] ?? '', deliveredOf(entry)] as const);
  return { vault, sources: new Map(sources) };
}

function deliveredOf(entry: Record<string, string>): Delivered {
  return { version: entry['version'] ?? '', created: Number(entry['created']) };
}
