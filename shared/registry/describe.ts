const LONGEST = 40;
/** Of a string of that length, every character escaped. */
const LONGEST_JSON = 6 * LONGEST + 2;

/** What a terminal or a log would not show as it is: control characters, line ends, changes of direction. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** The text on one line, with nothing in it that could pass for something else; cut at `max` characters. */
export function printable(text: string, max: number): string {
  const short = text.length > max ? `${text.slice(0, max)}…` : text;
  return short.toWellFormed().replaceAll(UNPRINTABLE, (one) => `\\u{${one.codePointAt(0)?.toString(16)}}`);
}

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
  return printable(JSON.stringify(value), LONGEST_JSON);
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
      const name = String(key);
      return /^[A-Za-z_]\w{0,63}$/.test(name) ? `.${name}` : `[${printable(JSON.stringify(name), 80)}]`;
    })
    .join('')
    .replace(/^\./, '');
}
