import { relative, resolve } from 'node:path';

export interface ExportedType {
  /** The file that exports it. */
  file: string;
  name: string;
  /** The other files that import it by name. */
  readers: ReadonlySet<string>;
}

const DECLARED = /^export (?:declare )?(?:interface|type) (?<name>\w+)/gm;
const NAMED = /^(?:import|export)\s+(?:type\s)?\{(?<names>[^}]*)\}\s+from\s+'(?<from>\.[^']+)'/gms;

/** The types that files export, each a word that a reader must learn. `texts`: by path from the root. */
export function exportedTypes(texts: ReadonlyMap<string, string>): ExportedType[] {
  const readers = readersOf(texts);
  return [...texts].flatMap(([file, text]) =>
    [...text.matchAll(DECLARED)].map(({ groups }) => {
      const name = groups?.['name'] ?? '';
      return { file, name, readers: readers.get(`${file}#${name}`) ?? new Set() };
    }),
  );
}

function readersOf(texts: ReadonlyMap<string, string>): Map<string, Set<string>> {
  const readers = new Map<string, Set<string>>();
  for (const [reader, text] of texts)
    for (const { groups = {} } of text.matchAll(NAMED)) {
      const file = relative('/', resolve('/', reader, '..', groups['from'] ?? ''));
      for (const named of (groups['names'] ?? '').split(',')) {
        const name =
          named
            .trim()
            .replace(/^type /, '')
            .split(' as ')[0] ?? '';
        const of = `${file}#${name}`;
        readers.set(of, (readers.get(of) ?? new Set()).add(reader));
      }
    }
  return readers;
}
