/** One named Key Vault secret: `vault` is the alias of VAULTS, `name` is lower case. */
export interface SecretRef {
  vault: string;
  name: string;
}

/** One Kubernetes Secret of a registered cluster. */
export interface TargetRef {
  cluster: string;
  namespace: string;
  name: string;
}

export const DELIMITER = '--';

/** ASCII only: String.toLowerCase would turn the Kelvin sign into a plain k and so guess a name nobody wrote. */
export function toAsciiLower(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/**
 * The segments of a secret name, or undefined when the name cannot be routed: not a Key Vault name, or ambiguous (`---`,
 * an empty segment, a segment that starts or ends with `-`).
 */
export function segmentsOf(name: string): string[] | undefined {
  if (!/^[0-9a-z-]{1,127}$/.test(name)) return undefined;
  const segments = name.split(DELIMITER);
  const clean = segments.every(
    (segment) => segment !== '' && !segment.startsWith('-') && !segment.endsWith('-'),
  );
  return clean ? segments : undefined;
}

/** Every prefix a route could have to match this name: `` , `app-1--`, `app-1--pg--`, and the whole name. */
export function candidatePrefixes(segments: readonly string[]): string[] {
  const partial = segments
    .slice(1)
    .map((_, index) => segments.slice(0, index + 1).join(DELIMITER) + DELIMITER);
  return ['', ...partial, segments.join(DELIMITER)];
}

/** Whether a route's prefix covers the name: `app-1--` covers `app-1--x`, never `app-10--x`, `app-1-x` or `app-1`. */
export function prefixCovers(prefix: string, name: string): boolean {
  if (prefix === '') return true;
  return prefix.endsWith(DELIMITER)
    ? name.startsWith(prefix) && name.length > prefix.length
    : name === prefix;
}

export function targetId(target: TargetRef): string {
  return `${target.cluster}/${target.namespace}/${target.name}`;
}
