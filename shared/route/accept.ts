import type { SecretRef } from '../names.ts';
import { DELIMITER, toAsciiLower } from '../names.ts';

export const ACCEPT_ANNOTATION = 'vaultcast.dev/accept';

/** One entry of the annotation: a whole secret name, or a prefix that ends in `--`, perhaps of one vault only. */
interface AcceptEntry {
  vault?: string;
  name: string;
}

/** What a namespace accepts, and the entries that are empty or malformed: those accept nothing and are reported. */
interface Acceptance {
  entries: readonly AcceptEntry[];
  invalid: readonly string[];
}

/** An annotation may have 256 KiB; nobody needs more entries than this, and reading them must stay cheap. */
const MAX_ENTRIES = 1000;

/** Blanks are those of ASCII: other spaces are trimmed here and there by different rules, so they are none anywhere. */
const ENTRY = /^[\t\n\f\r ]*(?:([a-z0-9-]{3,24})\/)?([a-z0-9-]+)[\t\n\f\r ]*$/;

/** The same grammar stands as CEL in infra/kubernetes: both run one table of cases. */
export function parseAccept(annotation: string | undefined): Acceptance {
  if (annotation === undefined) return { entries: [], invalid: [] };
  const entries: AcceptEntry[] = [];
  const invalid: string[] = [];
  for (const raw of annotation.split(',', MAX_ENTRIES)) {
    const [, vault, name] = ENTRY.exec(toAsciiLower(raw)) ?? [];
    if (name === undefined) invalid.push(raw.trim().slice(0, 60));
    else entries.push(vault === undefined ? { name } : { vault, name });
  }
  return { entries, invalid };
}

/** Whether the namespace accepts this secret. */
export function accepts(acceptance: Acceptance, secret: SecretRef): boolean {
  return acceptance.entries.some((entry) => {
    if (entry.vault !== undefined && entry.vault !== secret.vault) return false;
    return entry.name.endsWith(DELIMITER) ? secret.name.startsWith(entry.name) : secret.name === entry.name;
  });
}
