import { isSeq, LineCounter, parseAllDocuments, visit } from 'yaml';
import type { Alias, Document, Node } from 'yaml';
import { fieldText, printable, valueAt } from './describe.ts';
import { type RegistryDocument, registryDocument } from './document.ts';
import { betweenFields } from './between-fields.ts';
import { explain } from './issues.ts';
import { idleOptions } from './idle-options.ts';
import { lineOf } from './position.ts';
import type { Finding } from './problem.ts';
import { asciiJson } from './row.ts';

/** A document both as it was written (what the registry stores and `get` prints) and validated, defaults filled in. */
interface ReadDocument {
  place: Finding['place'];
  written: unknown;
  document: RegistryDocument;
}

interface ReadResult {
  documents: ReadDocument[];
  problems: Finding[];
}

/** The most a reused anchor may multiply: a few lines of YAML could otherwise fill the memory. */
const MAX_ALIASES = 50;
/** A document is one row of a table of at most 1 MiB, in UTF-16; well below that, as other columns need room too. */
const MAX_DOCUMENT_CHARACTERS = 400_000;
/** Plain data only: tags such as !!binary would make objects that no schema expects. */
const STRICT = { stringKeys: true, uniqueKeys: true, resolveKnownTags: false };
const SYNTAX: Record<string, string> = {
  DUPLICATE_KEY: 'a field stands here twice',
  TAB_AS_INDENT: 'a tab must not be used to indent',
  NON_STRING_KEY: 'a field name must be text: put it in quotes',
  TAG_RESOLVE_FAILED: 'YAML tags (!…) must not be used',
  RESOURCE_EXHAUSTION: 'it is nested too deep',
};

const textAt = (data: unknown, path: readonly string[]): string | undefined => {
  const value = valueAt(data, path);
  return typeof value === 'string' && value.length <= 253 ? printable(value, 253) : undefined;
};

function titleOf(written: unknown): { title?: string } {
  const words = [textAt(written, ['kind']), textAt(written, ['metadata', 'name'])];
  const title = words.filter((word) => word !== undefined).join(' ');
  return title === '' ? {} : { title };
}

interface Source {
  file: string;
  lines: LineCounter;
  /** What else is wrong with a document as it is written, valid or not. */
  more: (written: unknown) => readonly (Required<Pick<Finding, 'rule' | 'message'>> & { path: string[] })[];
}

/** What is wrong with a document: by the schema, the rules between fields and the options that cannot act, and its size. */
function findingsIn(written: unknown, parsed: ReturnType<typeof registryDocument.safeParse>) {
  if (!parsed.success) return [...explain(parsed.error, written), ...betweenFields(written, parsed.error)];
  const idle = parsed.data.kind === 'Route' ? idleOptions(parsed.data.spec) : [];
  return [...idle.map(({ path, message }) => ({ path: ['spec', ...path], message })), ...tooLarge(written)];
}

function tooLarge(written: unknown) {
  const size = asciiJson(written).length;
  if (size <= MAX_DOCUMENT_CHARACTERS) return [];
  return [
    { path: [], message: `has ${size} characters as JSON, must have at most ${MAX_DOCUMENT_CHARACTERS}` },
  ];
}

function readOne(source: Source, node: Node, written: unknown, number: number): ReadResult {
  const place = (path: readonly PropertyKey[]): ReadDocument['place'] => ({
    file: source.file,
    line: lineOf(node, path, source.lines),
    number,
  });
  const parsed = registryDocument.safeParse(written);
  const found = [...findingsIn(written, parsed), ...source.more(written)];
  const problems = found.map(({ path, message, ...rest }) => ({
    place: place(path),
    ...rest,
    ...titleOf(written),
    ...(path.length === 0 ? {} : { field: fieldText(path) }),
    message,
  }));
  if (!parsed.success || problems.length > 0) return { documents: [], problems };
  return { documents: [{ place: place([]), written, document: parsed.data }], problems: [] };
}

const numberOf = (items: readonly Pick<ReadDocument, 'place'>[]): number => items.at(-1)?.place.number ?? 0;

/** What `get -o json|yaml` prints of several documents, as `kubectl` does. */
const LIST_KINDS: ReadonlySet<unknown> = new Set(['ClusterList', 'RouteList', 'List']);

/** A YAML document is one registry document; a list, plain or as `get` prints it, is several. */
function nodesOf(document: Document.Parsed): { node: Node; written: unknown }[] {
  const data: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
  const root = document.contents;
  if (root === null || data === null) return [];
  const isList = LIST_KINDS.has(valueAt(data, ['kind'])) && Array.isArray(valueAt(data, ['items']));
  const list = isList ? document.get('items', true) : root;
  const items: unknown = isList ? valueAt(data, ['items']) : data;
  if (!isSeq(list) || !Array.isArray(items)) return [{ node: root, written: data }];
  return items.map((written, index) => ({ node: (list.items[index] ?? root) as Node, written }));
}

function syntaxProblem(source: Source, document: Document.Parsed, number: number): Finding | undefined {
  const error = [...document.errors, ...document.warnings][0];
  if (error === undefined) return undefined;
  const { line } = source.lines.linePos(error.pos[0]);
  return {
    place: { file: source.file, line, number },
    message: SYNTAX[error.code] ?? printable(error.message, 200),
  };
}

function readParsed(source: Source, parsed: Document.Parsed, before: number): ReadResult {
  const syntax = syntaxProblem(source, parsed, before + 1);
  if (syntax !== undefined) return { documents: [], problems: [syntax] };
  try {
    const read = nodesOf(parsed).map(({ node, written }, index) =>
      readOne(source, node, written, before + index + 1),
    );
    return { documents: read.flatMap((r) => r.documents), problems: read.flatMap((r) => r.problems) };
  } catch (error) {
    // Only aliases can fail here: an unknown anchor, or one that multiplies beyond MAX_ALIASES.
    const alias = withoutAnchor(parsed);
    const { line } = source.lines.linePos(alias?.range?.[0] ?? parsed.range[0]);
    const message = error instanceof ReferenceError ? aliasText(alias) : 'cannot be read';
    return { documents: [], problems: [{ place: { file: source.file, line, number: before + 1 }, message }] };
  }
}

/** The first alias that stands before any anchor of its name. */
function withoutAnchor(document: Document.Parsed): Alias | undefined {
  const anchors = new Set<string>();
  let found: Alias | undefined;
  visit(document, {
    Value: (_, { anchor }) => void (anchor !== undefined && anchors.add(anchor)),
    Alias: (_, alias) => {
      if (anchors.has(alias.source)) return undefined;
      found = alias;
      return visit.BREAK;
    },
  });
  return found;
}

function aliasText(alias: Alias | undefined): string {
  if (alias === undefined) return 'an alias (*…) is used too often';
  const name = printable(alias.source, 40);
  return `*${name} has no anchor &${name} before it in this document: an anchor ends with its document (---)`;
}

/** Reads one file of YAML (any number of documents) or JSON. Every problem of the file is found at once. */
export function readDocuments(file: string, text: string, more: Source['more'] = () => []): ReadResult {
  const source = { file, lines: new LineCounter(), more };
  const options = { lineCounter: source.lines, prettyErrors: false, ...STRICT };
  const result: ReadResult = { documents: [], problems: [] };
  let number = 0;
  for (const parsed of parseAllDocuments(text, options)) {
    if (parsed.contents === null) continue;
    const { documents, problems } = readParsed(source, parsed as Document.Parsed, number);
    result.documents.push(...documents);
    result.problems.push(...problems);
    number = Math.max(number, numberOf(documents), numberOf(problems));
  }
  return result;
}

const idOf = ({ document }: ReadDocument): string => `${document.kind} ${document.metadata.name}`;

/** What no single document can say: a name stands once. Route names are unique across vaults, too. */
export function findDuplicates(documents: readonly ReadDocument[]): Finding[] {
  const first = new Map<string, ReadDocument>();
  const problems: Finding[] = [];
  for (const read of documents) {
    const earlier = first.get(idOf(read));
    if (earlier === undefined) first.set(idOf(read), read);
    else {
      const where = `${earlier.place.file}:${earlier.place.line}`;
      problems.push({
        place: read.place,
        rule: 'duplicate',
        title: idOf(read),
        field: 'metadata.name',
        message: `is already used at ${where}; names must be unique`,
      });
    }
  }
  return problems;
}
