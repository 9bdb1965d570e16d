import { fieldText } from './describe.ts';
import { registryDocument } from './document.ts';
import type { BadRow, RegistryDocument } from './document.ts';
import { explain } from './issues.ts';
import { perText } from '../remember.ts';

/**
 * A row of the tables `Clusters` and `Routes`. The document is stored as it was written, so that `get` prints no
 * default nobody asked for; `prefix` is a copy that queries can filter on.
 */
type RegistryRow = { partitionKey: string; rowKey: string } & Record<string, string>;

/** What is recorded with a row about who wrote it: claimed by the command, proven by the logs of the storage account only. */
interface Applied {
  /** The set of documents that it belongs to: `--prune` deletes what left its own set, and nothing else. */
  set?: string;
  appliedBy?: string;
  /** ISO 8601. */
  appliedAt?: string;
  commit?: string;
}

/** A document as stored: written form and validated form. */
export interface Stored {
  written: unknown;
  document: RegistryDocument;
  /** Who wrote it, as claimed; undefined of what is read from files. */
  applied?: Applied;
}

/** A string column holds 64 KiB of UTF-16, 32768 characters: longer documents go on in `document1`, `document2`, … */
const COLUMN_CHARACTERS = 30_000;
const CLUSTER_PARTITION = 'cluster';
const MAX_FINDINGS = 3;

/** Clusters share a partition; a route stands in that of its vault, because an event asks for one vault's routes. */
export function partitionOf(document: RegistryDocument): string {
  return document.kind === 'Cluster' ? CLUSTER_PARTITION : document.spec.vault;
}

const escaped = (text: string): string =>
  Array.from(
    { length: text.length },
    (_, i) => `\\u${text.charCodeAt(i).toString(16).padStart(4, '0')}`,
  ).join('');

/**
 * JSON in which every other character is escaped: such text can be cut anywhere, counts one byte per character, and
 * survives clients and emulators that decode UTF-8 chunk by chunk.
 */
export function asciiJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(/[^ -~]+/g, escaped);
}

function pieces(text: string): string[] {
  const count = Math.ceil(text.length / COLUMN_CHARACTERS);
  return Array.from({ length: count }, (_, index) =>
    text.slice(index * COLUMN_CHARACTERS, (index + 1) * COLUMN_CHARACTERS),
  );
}

const columnName = (index: number): string => (index === 0 ? 'document' : `document${index}`);

export function toRow({ written, document, applied }: Stored): RegistryRow {
  const columns = pieces(asciiJson(written)).map((piece, index) => [columnName(index), piece]);
  const prefix = document.kind === 'Route' ? { prefix: document.spec.prefix } : {};
  return {
    ...(Object.fromEntries(columns) as Record<string, string>),
    ...prefix,
    ...appliedColumns(applied),
    partitionKey: partitionOf(document),
    rowKey: document.metadata.name,
  };
}

function joined(columns: Readonly<Record<string, unknown>>): string {
  let text = '';
  for (let index = 0; typeof columns[columnName(index)] === 'string'; index += 1)
    text += String(columns[columnName(index)]);
  return text;
}

type Read = { written: unknown; result: ReturnType<typeof registryDocument.safeParse> } | undefined;

function readAnew(text: string): Read {
  try {
    const written = frozen(JSON.parse(text) as unknown);
    const result = registryDocument.safeParse(written);
    if (result.success) frozen(result.data);
    return { written, result };
  } catch {
    // The message of JSON.parse quotes its input.
    return undefined;
  }
}

/** Whole: what is kept is handed out again. */
function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.values(value).forEach(frozen);
  return Object.freeze(value);
}

/** The documents of a thousand clusters and routes. */
const KEPT_CHARACTERS = 4 * 1024 * 1024;

/** The same text is the same document, and nobody changes one: an event reads those of all clusters, which seldom differ. */
const read = perText(KEPT_CHARACTERS, readAnew);

function disagreement(
  kind: RegistryDocument['kind'],
  document: RegistryDocument,
  columns: Readonly<Record<string, unknown>>,
) {
  if (document.kind !== kind) return `is a ${document.kind}, in the table of ${kind} rows`;
  if (document.metadata.name !== columns['rowKey']) return 'metadata.name is not the row key';
  if (partitionOf(document) !== columns['partitionKey'])
    return `${kind === 'Route' ? 'spec.vault' : CLUSTER_PARTITION} is not the partition key`;
  if (document.kind === 'Route' && document.spec.prefix !== columns['prefix'])
    return 'spec.prefix is not the column prefix';
  return undefined;
}

/** Validates a row of either table with the schema: rows can be edited by other tools, or stem from another release. */
export function fromRow(
  kind: RegistryDocument['kind'],
  columns: Readonly<Record<string, unknown>>,
): Stored | BadRow {
  const { rowKey } = columns;
  const name = typeof rowKey === 'string' ? rowKey.slice(0, 253) : '';
  const bad = (message: string): BadRow => ({ kind, name, message });
  const found = read(joined(columns));
  if (found === undefined) return bad('document is not JSON');
  const { written, result } = found;
  if (!result.success) {
    const findings = explain(result.error, written, MAX_FINDINGS);
    return bad(findings.map(({ path, message }) => `${fieldText(path)}: ${message}`).join('; '));
  }
  const mismatch = disagreement(kind, result.data, columns);
  return mismatch === undefined ? { written, document: result.data } : bad(mismatch);
}

export function isBad(row: Stored | BadRow): row is BadRow {
  return 'message' in row;
}

/** Of a claim. */
const LONGEST = 200;
const FIELDS = ['set', 'appliedBy', 'appliedAt', 'commit'] as const;

/** Columns of a row; text is cut, for whoever claims may claim anything. */
function appliedColumns(applied: Applied | undefined): Record<string, string> {
  const entries = FIELDS.flatMap((field) => {
    const value = applied?.[field];
    return value === undefined || value === '' ? [] : [[field, value.slice(0, LONGEST)] as const];
  });
  return Object.fromEntries(entries);
}

export function appliedOf(columns: Readonly<Record<string, unknown>>): Applied {
  const entries = FIELDS.flatMap((field) => {
    const value = columns[field];
    return typeof value === 'string' && value !== '' ? [[field, value.slice(0, LONGEST)] as const] : [];
  });
  return Object.fromEntries(entries);
}
