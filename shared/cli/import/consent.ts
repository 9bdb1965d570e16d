import type { Route } from '../../registry/document.ts';
import { DELIMITER } from '../../names.ts';
import { accepts, parseAccept } from '../../route/accept.ts';
import { explicitSources } from '../../route/placement.ts';
import type { Surroundings } from './surroundings.ts';

interface Asked {
  vault: string;
  name: string;
}

/**
 * What each namespace has to say so that it gets what the routes send it.
 * @param label the label of Namespaces that holds the prefix of what each may have; undefined: what the routes send is accepted
 */
export function consentsOf(routes: readonly Route[], surroundings: Surroundings, label: string | undefined) {
  const asked = askedBy(routes);
  const others = labelledBy(label, surroundings).filter((name) => !asked.has(name));
  return [...asked.keys(), ...others].sort().map((namespace) => {
    const known = surroundings.namespace(namespace);
    const sources = asked.get(namespace) ?? [];
    const prefix = label === undefined ? undefined : (known?.labels[label] ?? '');
    const wanted = prefix === undefined ? entriesFor(namespace, sources) : labelEntries(prefix);
    const before = (known?.accept ?? '').split(',').map((entry) => entry.trim());
    const accept = [...new Set([...before, ...wanted])].filter((entry) => entry !== '').join(',');
    const acceptance = parseAccept(accept);
    const refused = sources.filter((source) => !accepts(acceptance, source)).map(({ name }) => name);
    return { namespace, accept, given: accept === (known?.accept ?? ''), refused: [...new Set(refused)] };
  });
}

/** Namespaces that bear the label: they consent whether a route of today sends them something or not. */
function labelledBy(label: string | undefined, { namespaces = [] }: Surroundings): string[] {
  if (label === undefined) return [];
  return namespaces.filter(({ labels }) => (labels[label] ?? '') !== '').map(({ name }) => name);
}

/** Namespace -> secrets that the routes send there. */
function askedBy(routes: readonly Route[]): Map<string, Asked[]> {
  const asked = new Map<string, Asked[]>();
  for (const route of routes) {
    const names = sourcesOf(route).map((name) => ({ vault: route.spec.vault, name }));
    const { namespaces } = route.spec;
    for (const namespace of Array.isArray(namespaces) ? namespaces : [])
      asked.set(namespace, [...(asked.get(namespace) ?? []), ...names]);
  }
  return asked;
}

function sourcesOf(route: Route): readonly string[] {
  const { layout, match, prefix } = route.spec;
  return layout === 'explicit' ? explicitSources(route) : (match?.names ?? [prefix]);
}

/** Its own prefix, where its secrets bear it, and every other secret by its whole name: no more than was there before. */
function entriesFor(namespace: string, sources: readonly Asked[]): string[] {
  const own = namespace + DELIMITER;
  const entries = sources.map(({ vault, name }) => `${vault}/${name.startsWith(own) ? own : name}`);
  return [...new Set(entries)].sort();
}

/** Values of labels end in a letter or digit, so the delimiter is understood. */
function labelEntries(value: string): string[] {
  return value === '' ? [] : [value.toLowerCase() + DELIMITER];
}
