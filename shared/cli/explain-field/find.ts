import { closest } from '../../registry/closest.ts';
import { CliError } from '../terminal/failure.ts';
import { EXIT } from '../terminal/io.ts';
import type { Field } from './fields.ts';

const SHOWN = 12;

/**
 * The fields that a word means, at most one of each kind: a path as in a document (`spec.data.password.secret`,
 * `spec.namespaces[0]`), also with the kind before it (`Route.spec.layout`), or its end (`layout`).
 * Throws CliError for what is no field, and for an end that several have.
 */
export function findFields(word: string, fields: readonly Field[]): Field[] {
  const [, kind, rest = ''] = /^(?:(cluster|route)[.\s]+)?(.*)$/i.exec(word) ?? [];
  const path = rest.replaceAll(/\[\d*\]/g, '[]').replace(/^\./, '');
  const ofKind = fields.filter((field) => kind === undefined || isSame(field.kind, kind));
  const [whole = []] = [isSame, fits]
    .map((test) => ofKind.filter((field) => test(field.path, path)))
    .filter((found) => found.length > 0);
  if (whole.length > 0) return whole.filter((field, index) => index === indexOfKind(whole, field));
  const ends = ofKind.filter((field) => field.path.toLowerCase().endsWith(`.${path.toLowerCase()}`));
  const shallow = Math.min(...ends.map(depthOf));
  const near = ends.filter((field) => depthOf(field) === shallow);
  if (near.length === new Set(near.map((field) => field.kind)).size && near.length > 0) return near;
  throw near.length > 0 ? ambiguous(word, near) : unknown(word, path, ofKind);
}

function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** Whether a path of a document is one of the schema, where `*` is any key. */
function fits(pattern: string, path: string): boolean {
  const [parts, names] = [pattern.split('.'), path.split('.')];
  return (
    parts.length === names.length && parts.every((part, at) => part === '*' || isSame(part, names[at] ?? ''))
  );
}

function indexOfKind(fields: readonly Field[], { kind }: Field): number {
  return fields.findIndex((field) => field.kind === kind);
}

function depthOf({ path }: Field): number {
  return path.split('.').length;
}

function ambiguous(word: string, fields: readonly Field[]): CliError {
  const paths = fields.map(({ kind, path }) => `${kind}.${path}`);
  const shown = paths.length > SHOWN ? [...paths.slice(0, SHOWN), '…'] : paths;
  return new CliError(`several fields are called ${word}`, `Say which: ${shown.join(', ')}`, EXIT.usage);
}

function unknown(word: string, path: string, fields: readonly Field[]): CliError {
  const nameOf = (whole: string): string => whole.split('.').at(-1) ?? '';
  const names = fields.flatMap((field) => [field.path, nameOf(field.path)]);
  // A field that is right at its end and wrong before it is told by its whole path.
  const elsewhere = fields.find((field) => path.includes('.') && isSame(nameOf(field.path), nameOf(path)));
  const meant = elsewhere?.path ?? closest(path, [...new Set(names)]);
  const hint = meant === undefined ? '' : `Did you mean ${meant}? `;
  return new CliError(
    `there is no field ${JSON.stringify(word.slice(0, 100))}`,
    `${hint}All fields: vaultcast explain-field`,
    EXIT.usage,
  );
}
