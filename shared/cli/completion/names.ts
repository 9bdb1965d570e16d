import type { Context } from '../command.ts';
import type { RegistryView } from '../connect/registry.ts';
import { viewOf } from '../connect/registry.ts';

/** Somebody presses Tab and waits: later than this, no names. */
const PATIENCE_MS = 2000;

export interface Names {
  clusters: string[];
  routes: string[];
}

const NONE: Names = { clusters: [], routes: [] };
const namesOf = (documents: RegistryView['clusters'] | RegistryView['routes']): string[] =>
  documents.map(({ metadata }) => metadata.name);

/** What stands before the word decides whether the registry is asked at all. */
function wantsNames(words: readonly string[]): boolean {
  const typed = words.filter((word) => word !== '--' && word !== 'complete');
  const before = typed.at(-2) ?? '';
  if (before === '--cluster' || before === '--route') return true;
  const [command = '', kind = ''] = typed;
  return typed.length > 1 && (command === 'render' || command === 'check' || isKind(command, kind, typed));
}

function isKind(command: string, kind: string, typed: readonly string[]): boolean {
  return ['get', 'delete'].includes(command) && typed.length > 2 && /^(?:cluster|route)s?$/.test(kind);
}

/** Registered names, where the environment says where the registry is. Never rejects: no names are no harm. */
export async function registeredNames(
  words: readonly string[],
  { io, openRegistry }: Context,
): Promise<Names> {
  if (!wantsNames(words)) return NONE;
  try {
    const signal = AbortSignal.any([io.signal, AbortSignal.timeout(PATIENCE_MS)]);
    const registry = await openRegistry({}, io);
    const { clusters, routes } = viewOf((await registry.list(signal)).existing);
    return { clusters: namesOf(clusters), routes: namesOf(routes) };
  } catch {
    return NONE;
  }
}
