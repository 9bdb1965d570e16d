/** Files of java.util.Properties, by the rules of its methods load and store. */

interface Flat {
  values: ReadonlyMap<string, string>;
  problem: { line: number; why: string } | undefined;
}

/** Names and values; a name that stands twice has the value that stands last. */
export function readProperties(file: string): Flat {
  const values = new Map<string, string>();
  for (const { line, text } of logicalLines(file.replace(/^\uFEFF/, ''))) {
    const end = endOfName(text);
    const name = unescaped(text.slice(0, end));
    const value = unescaped(text.slice(end).replace(/^[ \t\f]*[=:]?[ \t\f]*/, ''));
    if (name === undefined || value === undefined)
      return { values, problem: { line, why: String.raw`\u without four hexadecimal digits` } };
    values.set(name, value);
  }
  return { values, problem: undefined };
}

interface Line {
  /** From 1, in the file. */
  line: number;
  text: string;
}

/** Lines joined where a backslash says so, comments and blank lines left out. */
function logicalLines(file: string): Line[] {
  const result: Line[] = [];
  let open: Line | undefined;
  for (const [index, natural] of file.split(/\r\n|\r|\n/).entries()) {
    const text = natural.replace(/^[ \t\f]+/, '');
    if (open === undefined && /^(?:$|[#!])/.test(text)) continue;
    open ??= { line: index + 1, text: '' };
    open.text += isContinued(text) ? text.slice(0, -1) : text;
    if (isContinued(text)) continue;
    result.push(open);
    open = undefined;
  }
  return open === undefined ? result : [...result, open];
}

function isContinued(line: string): boolean {
  let from = line.length;
  while (line[from - 1] === '\\') from -= 1;
  return (line.length - from) % 2 === 1;
}

function endOfName(text: string): number {
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (/[=: \t\f]/.test(text[at] ?? '')) return at;
  }
  return text.length;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f' };

function unescaped(text: string): string | undefined {
  if (/(?<!\\)(?:\\\\)*\\u(?![0-9A-Fa-f]{4})/.test(text)) return undefined;
  return text.replaceAll(/\\(?:u([0-9A-Fa-f]{4})|([\s\S]?))/g, (_, hex: string | undefined, one: string) =>
    hex === undefined ? (ESCAPES[one] ?? one) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

const WRITTEN: Readonly<Record<string, string>> = {
  '\n': String.raw`\n`,
  '\r': String.raw`\r`,
  '\t': String.raw`\t`,
  '\f': String.raw`\f`,
};

/** ISO 8859-1 is all that every reader understands. */
function escaped(text: string, special: RegExp): string {
  return text.replaceAll(special, (one) => {
    const known = WRITTEN[one];
    if (known !== undefined) return known;
    return /[\x20-\x7e]/.test(one) ? `\\${one}` : `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** A value as it stands after its `=`. */
export const propertiesValue = (value: string): string => escaped(value, /[\\]|^ |[^\x20-\x7e]/g);

/** `name=value`. */
export function writeProperty(name: string, value: string): string {
  return `${escaped(name, /[\\ =:#!]|[^\x20-\x7e]/g)}=${propertiesValue(value)}`;
}
