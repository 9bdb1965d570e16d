/** What is recorded of one source on a Secret: which version was delivered. */
export interface Delivered {
  version: string;
  /** Unix seconds. */
  created: number;
}

/** Sources as recorded on a live Secret; names are lower case. */
export interface Provenance {
  vault: string;
  sources: ReadonlyMap<string, Delivered>;
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

/** Entries that do not follow the grammar, or are of another vault than the first, are left out. */
export function parseProvenance(annotation: string | undefined): Provenance {
  const sources = new Map<string, Delivered>();
  let vault = '';
  for (const entry of (annotation ?? '').split(',')) {
    const match = /^([a-z0-9-]{3,24})\/([a-z0-9-]{1,127})@([0-9a-z]{1,64}):(\d{1,12})$/.exec(entry);
    const [, alias = '', name = '', version = '', created = ''] = match ?? [];
    if (match === null || (vault !== '' && alias !== vault)) continue;
    vault = alias;
    sources.set(name, { version, created: Number(created) });
  }
  return { vault, sources };
}
