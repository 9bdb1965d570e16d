import { parseProvenance } from '../../source/provenance.ts';
import type { Context } from '../command.ts';
import { viewOf } from '../connect/registry.ts';
import { inContext } from '../context/environment.ts';
import { readContextFile } from '../context/file.ts';
import type { Names } from './wanted.ts';

/** Somebody presses Tab and waits: later than this, no names. */
const PATIENCE_MS = 2000;

/**
 * What can be named, as far as settings say where it is.
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
    if (wanted === 'contexts') return Object.keys((await readContextFile(io.env)).contexts);
    if (wanted === 'fields') return await fieldPaths();
    const env = await inContext(io.env, { at, registryGiven: false });
    const signal = AbortSignal.any([io.signal, AbortSignal.timeout(PATIENCE_MS)]);
    return await registered(wanted, { ...context, io: { ...io, env, signal } });
  } catch {
    return [];
  }
}

async function fieldPaths(): Promise<string[]> {
  const { allFields } = await import('../explain-field/fields.ts');
  return distinct(allFields().map(({ path }) => path));
}

async function registered(
  wanted: Exclude<Names, 'contexts' | 'fields'>,
  { io, openRegistry, openStatus }: Context,
): Promise<readonly string[]> {
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
  const targets = await Promise.all(names.map((name) => status.targets(name, io.signal)));
  return distinct(targets.flat().flatMap(({ sources }) => [...parseProvenance(sources).sources.keys()]));
}

function nameOf({ metadata }: { metadata: { name: string } }): string {
  return metadata.name;
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}
