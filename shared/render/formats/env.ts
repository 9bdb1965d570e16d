/**
 * Files of environment variables have many readers and no standard. What is read here is what they agree on, by the rules of
 * the npm package dotenv; what they read differently is refused. What is written here, dotenv reads back.
 */

interface Flat {
  values: ReadonlyMap<string, string>;
  problem: { line: number; why: string } | undefined;
}

/** A blank line or a comment. */
const NOTHING = /[^\S\n]*(?:#[^\n]*)?(?:\n|$)/y;
const NAME = /[^\S\n]*(?:export[^\S\n]+)?([A-Za-z_][\w.-]*)[^\S\n]*=[^\S\n]*/y;
const QUOTED = /'([^']*)'|"([^"]*)"|`([^`]*)`/y;
const PLAIN = /[^\n]*/y;

function at(pattern: RegExp, text: string, from: number): RegExpExecArray | undefined {
  pattern.lastIndex = from;
  return pattern.exec(text) ?? undefined;
}

interface Reading {
  /** Where the next line begins. */
  next: number;
  value: string;
}

/** The names and values of a .env file; a name that stands twice has the value that stands last. */
export function readEnv(file: string): Flat {
  const text = file.replace(/^\uFEFF/, '').replaceAll(/\r\n?/g, '\n');
  const values = new Map<string, string>();
  let here = 0;
  while (here < text.length) {
    const nothing = at(NOTHING, text, here);
    if (nothing !== undefined) {
      here += nothing[0].length;
      continue;
    }
    const name = at(NAME, text, here);
    const read = name === undefined ? 'no NAME=value' : valueAt(text, here + name[0].length);
    if (typeof read === 'string') return { values, problem: { line: lineOf(text, here), why: read } };
    values.set(name?.[1] ?? '', read.value);
    here = read.next;
  }
  return { values, problem: undefined };
}

const lineOf = (text: string, offset: number): number => text.slice(0, offset).split('\n').length;

/** The value that begins here, or why readers do not agree on it. */
function valueAt(text: string, from: number): Reading | string {
  const quoted = at(QUOTED, text, from);
  if (quoted !== undefined) return quotedValue(text, from + quoted[0].length, quoted);
  const [line = ''] = at(PLAIN, text, from) ?? [];
  const value = line.replace(/(?:^|\s)#.*$/su, '').trim();
  const next = from + line.length + 1;
  if (/^['"`]/.test(value)) return 'the quote has no end';
  if (value.includes('#')) return 'a # without a blank before it: put the value in quotes';
  return { next, value };
}

function quotedValue(
  text: string,
  end: number,
  [all, single, double, back]: RegExpExecArray,
): Reading | string {
  const rest = at(NOTHING, text, end);
  if (rest === undefined) return 'something follows the closing quote';
  const next = end + rest[0].length;
  const inside = single ?? double ?? back ?? '';
  if (inside.endsWith('\\')) return 'a backslash before the closing quote';
  if (!all.startsWith('"')) return { next, value: inside };
  if (/\\(?![nr])/.test(inside)) return 'a backslash in double quotes: use single quotes';
  return { next, value: inside.replaceAll(String.raw`\n`, '\n').replaceAll(String.raw`\r`, '\r') };
}

/** `name=value` as dotenv reads it back, or undefined when there is no way to write that value. */
export function writeEnv(name: string, value: string): string | undefined {
  const quoted = asWritten(value);
  return quoted === undefined ? undefined : `${name}=${quoted}`;
}

function asWritten(value: string): string | undefined {
  if (/^[\w./:@%+,=-]*$/.test(value)) return value;
  const isSafe = !value.includes('\r') && !value.endsWith('\\');
  if (isSafe && !value.includes("'")) return `'${value}'`;
  if (!/["\\]/.test(value))
    return `"${value.replaceAll('\n', String.raw`\n`).replaceAll('\r', String.raw`\r`)}"`;
  return isSafe && !value.includes('`') ? `\`${value}\`` : undefined;
}
