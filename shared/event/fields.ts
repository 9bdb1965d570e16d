/** Reading untrusted JSON objects: own properties only, keys compared without case and surrounding spaces. */
export type Fields = Record<string, unknown>;

export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Event Grid's own samples have `"ObjectName "` and lower-case variants, so the key is compared loosely. */
export function field(object: Fields, name: string): unknown {
  const wanted = name.toLowerCase();
  for (const [key, value] of Object.entries(object)) if (key.trim().toLowerCase() === wanted) return value;
  return undefined;
}

/** A trimmed, non-empty string of at most `max` characters, or undefined. */
export function text(object: Fields, name: string, max = 2048): string | undefined {
  const value = field(object, name);
  if (typeof value !== 'string' || value.length > max) return undefined;
  const trimmed = value.trim();
  return trimmed === '' ? undefined : trimmed;
}
