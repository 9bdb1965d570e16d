import { stringify } from 'yaml';
import type { Io } from '../terminal/io.ts';
import { tableText } from '../terminal/columns.ts';
import { paint } from '../terminal/text.ts';
import type { Field } from './fields.ts';

/** Type and what counts without the field, in a few words. */
export function formOf({ type, required, default: standard }: Field): string {
  if (required) return `${type}, needed`;
  return standard === undefined ? type : `${type}; default: ${String(standard)}`;
}

/** The example as it would stand in a document, under the name of the field. */
export function exampleOf({ path, example }: Field): string {
  const name = path.split('.').at(-1) ?? path;
  const value = name.endsWith('[]') ? [example] : { [name === '*' ? 'KEY' : name]: example };
  return stringify(value, { lineWidth: 0, singleQuote: true }).trimEnd();
}

/** One field, and what is in it. */
export function fieldText(io: Io, field: Field, all: readonly Field[]): string {
  const { kind, path, text } = field;
  const inside = childrenOf(field, all);
  const rows = inside.map((child) => [
    child.path.slice(path.length).replace(/^\./, ''),
    formOf(child),
    firstSentence(child),
  ]);
  return [
    paint(io, 'bold', `${kind} ${path}`),
    `  ${formOf(field)}`,
    '',
    ...wrapped(text, 100).map((line) => `  ${line}`),
    '',
    'For example:',
    ...exampleOf(field)
      .split('\n')
      .map((line) => `  ${line}`),
    ...(rows.length > 0 ? ['', 'In it:', ...indented(tableText(rows, Number.POSITIVE_INFINITY))] : []),
  ].join('\n');
}

/** All fields of a document, each in a line. */
export function listText(fields: readonly Field[]): string {
  const rows = fields.map((field) => [`${field.kind}.${field.path}`, formOf(field)]);
  return tableText([['FIELD', 'TYPE'], ...rows], 80);
}

/** Fields directly in one: `spec.match` has `spec.match.names`; a list has its entries. */
function childrenOf({ kind, path }: Field, all: readonly Field[]): Field[] {
  return all.filter((field) => {
    if (field.kind !== kind || !field.path.startsWith(path) || field.path === path) return false;
    return /^(?:\[\]|\.[^.[]+)$/.test(field.path.slice(path.length));
  });
}

function firstSentence({ text }: Field): string {
  return /^.*?\.(?=\s|$)/.exec(text)?.[0] ?? text;
}

function indented(text: string): string[] {
  return text.split('\n').map((line) => `  ${line}`);
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line === undefined || line.length + word.length >= width) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines;
}
