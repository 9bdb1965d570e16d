import { type Document, isScalar, parseDocument, visit, type YAMLMap } from 'yaml';
import { type Json, numberAs } from '../json.ts';
import { RenderRefusal } from '../refusal.ts';

/** The most a reused anchor may multiply: a few lines of YAML could otherwise fill the memory. */
const MAX_ALIASES = 50;

const OPTIONS = {
  merge: true,
  prettyErrors: false,
  resolveKnownTags: false,
  stringKeys: true,
  // Looked for below: the library compares each with each, which takes long where there are thousands.
  uniqueKeys: false,
} as const;

const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** A YAML 1.2 document as JSON, numbers as they are written. Throws RenderRefusal; `what` names the text. */
export function readYaml(text: string, what: string): Json {
  const document = parseDocument(text, OPTIONS);
  const [problem] = [...document.errors, ...document.warnings];
  const at = problem?.pos[0] ?? offsetOfRepeatedName(document);
  if (at !== undefined) throw refusal(what, text, at);
  if (isCircular(document)) throw aliasRefusal(what);
  visit(document, {
    Scalar: (_, node) => {
      if (typeof node.value === 'number' || typeof node.value === 'bigint')
        node.value = written(node.source ?? String(node.value));
    },
  });
  try {
    return (document.toJS({ maxAliasCount: MAX_ALIASES }) ?? null) as Json;
  } catch {
    // An unknown anchor, or one that multiplies too much; the library may quote it.
    throw aliasRefusal(what);
  }
}

const aliasRefusal = (what: string): RenderRefusal =>
  new RenderRefusal(
    `${what} is not YAML: an alias (*…) has no anchor, stands inside of it, or is used too often`,
  );

function offsetOfRepeatedName(document: Document.Parsed): number | undefined {
  let found: number | undefined;
  visit(document, {
    Map: (_, { items }: YAMLMap) => {
      const names = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        if (names.has(key.value)) found ??= key.range?.[0] ?? 0;
        names.add(key.value);
      }
    },
  });
  return found;
}

/** An anchor that holds itself: there is no JSON of it. */
function isCircular(document: Document.Parsed): boolean {
  let found = false;
  visit(document, {
    Alias: (_, alias, path) => {
      found ||= path.some((outer) => 'anchor' in outer && outer.anchor === alias.source);
    },
  });
  return found;
}

/** The library's own words may quote the text: the line is all that is said, and to a person alone. */
function refusal(what: string, text: string, offset: number): RenderRefusal {
  const line = text.slice(0, offset).split('\n').length;
  return new RenderRefusal(`${what} is not YAML`, { detail: `${what} is not YAML: line ${line}` });
}

/** JSON knows fewer spellings of numbers: `0x1F` and `.inf` stay the texts that they are. */
function written(source: string): unknown {
  return JSON_NUMBER.test(source) ? numberAs(source) : source;
}
