const LONGEST = 40;

/**
 * What stands in a document, short enough for a message. Under `credential` only its type: somebody may have pasted the
 * credential itself where the name of its secret belongs.
 */
export function describe(value: unknown, path: readonly PropertyKey[]): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (path.includes('credential')) return `a ${typeof value}`;
  if (typeof value === 'string' && value.length > LONGEST) return `a string of ${value.length} characters`;
  return JSON.stringify(value);
}

/** What stands at a path of plain data, or undefined. Own properties only. */
export function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  let here = data;
  for (const key of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, key)) return undefined;
    here = Reflect.get(here, key);
  }
  return here;
}

/** `spec.data["tls.key"].secret`, `spec.namespaces[0]`. */
export function fieldText(path: readonly PropertyKey[]): string {
  return path
    .map((key) => {
      if (typeof key === 'number') return `[${key}]`;
      return /^[A-Za-z_]\w*$/.test(String(key)) ? `.${String(key)}` : `[${JSON.stringify(String(key))}]`;
    })
    .join('')
    .replace(/^\./, '');
}
