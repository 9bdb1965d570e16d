import type { Context } from '../command.ts';

/** Names that only a deployment, the file of contexts or the schema knows. */
type Names = 'clusters' | 'routes' | 'secrets' | 'runs' | 'contexts' | 'fields';

const OF_OPTIONS: Readonly<Record<string, Names>> = {
  '--at': 'contexts',
  '--cluster': 'clusters',
  '--confirm-removals': 'runs',
  '--route': 'routes',
  '--secret': 'secrets',
};

/** What the arguments of a command are, by the words before them. */
const OF_ARGUMENTS: readonly (readonly [RegExp, Names])[] = [
  [/^check\b/, 'clusters'],
  [/^explain-field$/, 'fields'],
  [/^context (?:use|set|delete)$/, 'contexts'],
  [/^(?:push|explain|wait)$/, 'secrets'],
  [/^render$/, 'routes'],
  [/^(?:get|delete) clusters?\b/, 'clusters'],
  [/^(?:get|delete) routes?\b/, 'routes'],
  [/^get runs?\b/, 'runs'],
];

/** Options after which a word is no argument, besides those above. */
const WITH_VALUE = /^(?:-[fno]|--(?:filename|namespace|output|registry|registry-account|storage|vault-url))$/;

/** Command and arguments of the words so far. */
export function withoutOptions(words: readonly string[]): string[] {
  return words.filter((word, index) => {
    const before = words[index - 1] ?? '';
    return !word.startsWith('-') && !WITH_VALUE.test(before) && OF_OPTIONS[before] === undefined;
  });
}

/**
 * Which names can come next, if any.
 * @param words the words so far, without options and their values
 * @param last the last one with options
 */
export function wantedNames(words: readonly string[], last: string): Names | undefined {
  if (last.startsWith('-')) return OF_OPTIONS[last];
  const line = words.join(' ');
  return OF_ARGUMENTS.find(([before]) => before.test(line))?.[1];
}

/** Somebody presses Tab and waits: later than this, no names. */
const PATIENCE_MS = 2000;

/**
 * What can be named, as far as settings say where it is. What finds it is loaded here: most of what is typed names nothing.
 * @param at the context that the line names
 * @returns never rejects: no names are no harm
 */
export async function namesOf(
  wanted: Names,
  at: string | undefined,
  context: Context,
): Promise<readonly string[]> {
  try {
    const { io } = context;
    if (wanted === 'contexts') return await contextNames(io);
    if (wanted === 'fields') return await fieldPaths();
    const { inContext } = await import('../context/environment.ts');
    const env = await inContext(io.env, { at, registryGiven: false });
    const signal = AbortSignal.any([io.signal, AbortSignal.timeout(PATIENCE_MS)]);
    return await registered(wanted, { ...context, io: { ...io, env, signal } });
  } catch {
    return [];
  }
}

async function contextNames({ env }: Context['io']): Promise<string[]> {
  const { readContextFile } = await import('../context/file.ts');
  return Object.keys((await readContextFile(env)).contexts);
}

async function fieldPaths(): Promise<string[]> {
  const { allFields } = await import('../explain-field/fields.ts');
  return distinct(allFields().map(({ path }) => path));
}

async function registered(
  wanted: Exclude<Names, 'contexts' | 'fields'>,
  { io, openRegistry, openStatus }: Context,
): Promise<readonly string[]> {
  const { viewOf } = await import('../connect/registry.ts');
  const registry = await openRegistry({}, io);
  const { clusters, routes } = viewOf((await registry.list(io.signal)).existing);
  if (wanted === 'routes') return routes.map(nameOf);
  const names = clusters.map(nameOf);
  if (wanted === 'clusters') return names;
  const status = await openStatus({}, io);
  if (wanted === 'runs') {
    const runs = await Promise.all(names.map((name) => status.runs(name, io.signal)));
    return distinct(runs.flat().map(({ run }) => run)).reverse();
  }
  const { parseProvenance } = await import('../../source/provenance.ts');
  const targets = await Promise.all(names.map((name) => status.targets(name, io.signal)));
  return distinct(targets.flat().flatMap(({ sources }) => [...parseProvenance(sources).sources.keys()]));
}

function nameOf({ metadata }: { metadata: { name: string } }): string {
  return metadata.name;
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}
