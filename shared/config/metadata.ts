import { type Parsed, parseEntries } from './parse.ts';

/** Keys of labels and annotations: one by one, or (`example.com/*`) all of one prefix. */
interface AllowedMetadata {
  keys: ReadonlySet<string>;
  /** With the slash: `example.com/`. */
  prefixes: readonly string[];
}

const KEY = /^(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const PREFIX = /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?\/\*$/;

/**
 * The label and annotation keys that routes may set, none unless said: whoever reads Secrets in a cluster (Reflector, Argo CD)
 * takes orders from them, around the consent of the namespaces they lead to.
 */
export function parseMetadata(text: string): Parsed<AllowedMetadata> {
  const { value, problems } = parseEntries(text, parseKey);
  const [prefixes, keys] = [value.filter(isPrefix), value.filter((entry) => !isPrefix(entry))];
  return {
    value: { keys: new Set(keys), prefixes: prefixes.map((entry) => entry.slice(0, -1)) },
    problems,
  };
}

const isPrefix = (entry: string): boolean => entry.endsWith('/*');

function parseKey(entry: string): string | { problem: string } {
  if (!KEY.test(entry) && !PREFIX.test(entry))
    return {
      problem:
        'must be a label or annotation key, or all keys of a prefix: team, example.com/team, example.com/*',
    };
  if (/(?:^|\.)vaultcast\.dev\//.test(entry) || /^app\.kubernetes\.io\/(?:managed-by|\*)$/.test(entry))
    return {
      problem:
        'must leave out the keys that say whose a Secret is: vaultcast.dev/ and app.kubernetes.io/managed-by',
    };
  return entry;
}

export function allowsKey({ keys, prefixes }: AllowedMetadata, key: string): boolean {
  return keys.has(key) || prefixes.some((prefix) => key.startsWith(prefix));
}
