import type { DataEntry } from '../../../registry/data-entry.ts';
import type { Obstacle } from '../draft.ts';
import type { Piece } from './remote-ref.ts';

/** What the names in a template stand for: keys of the object's data, or else properties of one JSON secret. */
interface Names {
  pieces: ReadonlyMap<string, Piece>;
  /** The secret of a lone `dataFrom.extract`. */
  rest: Piece | undefined;
}

/** Functions of the operator's templates that are the same filter in Liquid; empty: they change nothing here. */
const FILTERS: ReadonlyMap<string, string> = new Map([
  ['toString', ''],
  ['b64enc', 'base64_encode'],
  ['b64dec', 'base64_decode'],
  ['trim', 'strip'],
  ['upper', 'upcase'],
  ['lower', 'downcase'],
  ['urlquery', 'url_encode'],
]);

/** What is not quite the same of a template that was converted. */
export function templateDifferences(template: string): string[] {
  return /\{\{[^}]*\burlquery\b/.test(template) ? [URL_BLANK] : [];
}

const URL_BLANK =
  'urlquery writes a blank as +, url_encode as %20, which every part of a URL reads as a blank';
/** The same, with so many arguments. */
const WITH_ARGUMENTS: ReadonlyMap<string, number> = new Map([
  ['default', 1],
  ['replace', 2],
]);

const TODO = 'Write it in Liquid under data of a route: {template: …, secrets: {…}}.';

/** A template of External Secrets Operator (engine v2) in Liquid. What is not plainly the same is refused. */
export function liquidEntry(template: string, names: Names): DataEntry | Obstacle {
  const writer = createWriter(names);
  const parts = template.split(/(\{\{-?[^]*?-?\}\})/);
  const written: string[] = [];
  for (const [index, part] of parts.entries()) {
    const text = index % 2 === 0 ? literal(part) : action(part, writer);
    if (typeof text !== 'string') return text;
    written.push(text);
  }
  return { template: writer.header() + written.join(''), secrets: writer.secrets() };
}

function literal(text: string): string | Obstacle {
  if (!/\{%|\{\{/.test(text)) return text;
  return { why: 'its template holds text that means something in Liquid', todo: TODO };
}

/** The parts between `|` that stand outside of quotes. */
function piped(text: string): string[] {
  const parts = [''];
  let isQuoted = false;
  for (const character of text) {
    if (character === '"') isQuoted = !isQuoted;
    if (character === '|' && !isQuoted) parts.push('');
    else parts.push(`${parts.pop() ?? ''}${character}`);
  }
  return parts.map((part) => part.trim());
}

/** `{{ .password | b64enc }}`. */
function action(part: string, writer: Writer): string | Obstacle {
  const [, open = '', inner = '', close = ''] = /^(\{\{-?)\s*([^]*?)\s*(-?\}\})$/.exec(part) ?? [];
  const [first = '', ...rest] = piped(inner);
  const value = expression(first, writer);
  if (typeof value !== 'string') return value;
  const filters: string[] = [];
  for (const one of rest) {
    const filter = filterOf(one);
    if (typeof filter !== 'string') return filter;
    if (filter !== '') filters.push(filter);
  }
  return `${open} ${[value, ...filters].join(' | ')} ${close}`;
}

/** `.name`, `index . "name"`, or a function of one of them. */
function expression(text: string, writer: Writer): string | Obstacle {
  const [, plain, quoted] = /^(?:\.([A-Za-z_]\w*)|\(?index \. "([^"\\]+)"\)?)$/.exec(text) ?? [];
  const name = plain ?? quoted;
  return name === undefined ? called(text, writer) : writer.value(name);
}

/** `b64enc .name`. */
function called(text: string, writer: Writer): string | Obstacle {
  const [, name = '', argument = ''] = /^(\w+) (.+)$/.exec(text) ?? [];
  const filter = FILTERS.get(name);
  if (filter === undefined)
    return {
      why: `its template uses {{ ${text.slice(0, 60)} }}, which has no simple counterpart`,
      todo: TODO,
    };
  const value = expression(argument, writer);
  return typeof value !== 'string' || filter === '' ? value : `${value} | ${filter}`;
}

/** Empty: nothing to do. */
function filterOf(text: string): string | Obstacle {
  const [name = '', ...words] = text.match(/"(?:[^"\\])*"|\S+/g) ?? [];
  const filter = words.length === 0 ? FILTERS.get(name) : undefined;
  if (filter !== undefined) return filter;
  const isPlain = words.length === WITH_ARGUMENTS.get(name) && words.every(isPlainText);
  if (isPlain) return `${name}: ${words.join(', ')}`;
  return { why: `its template uses the function ${name.slice(0, 40)}`, todo: TODO };
}

function isPlainText(word: string): boolean {
  return /^"[^"\\]*"$/.test(word);
}

/** Names the variables of a template, one per secret, and the documents that are read out of them. */
interface Writer {
  value(name: string): string | Obstacle;
  header(): string;
  /** Variable -> secret. */
  secrets(): Record<string, string>;
}

function createWriter({ pieces, rest }: Names): Writer {
  const variables = new Map<string, string>();
  const documents = new Set<string>();
  const variableOf = (secret: string): string => {
    const known = variables.get(secret);
    if (known !== undefined) return known;
    const plain = secret
      .replaceAll(/[^A-Za-z0-9_]+/g, '_')
      .replace(/^(?=\d)/, '_')
      .slice(0, 40);
    const taken = new Set(variables.values());
    const free = [plain, ...Array.from({ length: variables.size }, (_, index) => `${plain}_${index + 2}`)];
    const variable = free.find((name) => !taken.has(name)) ?? plain;
    variables.set(secret, variable);
    return variable;
  };
  return {
    value(name) {
      const piece = pieces.get(name) ?? (rest && { ...rest, path: [...rest.path, name] });
      if (piece === undefined)
        return { why: `its template uses ${name}, which no data of it names`, todo: 'Correct the template.' };
      if (piece.encoding === 'base64url')
        return { why: `${name} of its template is decoded from base64url`, todo: TODO };
      const variable = variableOf(piece.secret);
      if (piece.path.length > 0) documents.add(variable);
      const value =
        piece.path.length === 0 ? variable : `${variable}_json${piece.path.map(stepText).join('')}`;
      return piece.encoding === 'base64' ? `${value} | base64_decode` : value;
    },
    header: () =>
      [...documents].map((variable) => `{% assign ${variable}_json = ${variable} | from_json %}`).join(''),
    secrets: () => Object.fromEntries([...variables].map(([secret, variable]) => [variable, secret])),
  };
}

function stepText(step: string): string {
  return /^[A-Za-z_]\w*$/.test(step) ? `.${step}` : `[${/^\d+$/.test(step) ? step : JSON.stringify(step)}]`;
}
