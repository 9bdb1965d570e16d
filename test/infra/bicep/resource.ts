import type { Declaration } from './declarations.ts';
import { nameOf } from './declarations.ts';
import { call, deferred, textOf } from './deferred.ts';
import { evaluate, MEMBER, type Scope } from './expression.ts';
import { idOfPlace, type Place, resourceId } from './place.ts';
import type { Syntax } from './syntax.ts';

/** A resource as a template would send it. */
export interface Deployed {
  type: string;
  apiVersion: string;
  /** Of a child, with the names of its parents in front. */
  name: unknown;
  id: unknown;
  body: Record<string, unknown>;
}

interface Known {
  place: Place;
  world: { reference?: (id: string) => object | undefined };
  resources: Deployed[];
}

interface Parent {
  type: string;
  apiVersion: string;
  name: unknown;
}

const OF_BICEP = new Set(['parent', 'scope', 'dependsOn']);

/** Type and version as declared; a nested resource has the last part of its type only, and perhaps no version. */
function typed(node: Syntax, outer?: Parent, parent?: Parent): { type: string; apiVersion: string } {
  const declared = node.children.find(({ type }) => type === 'string');
  const [type = '', version = parent?.apiVersion ?? ''] = declared?.text.replaceAll("'", '').split('@') ?? [];
  return { type: outer === undefined ? type : `${outer.type}/${type}`, apiVersion: version };
}

const isExisting = (node: Syntax): boolean => /^resource\s+\w+\s+'[^']*'\s+existing\b/.test(node.text);

/** What a resource's symbol stands for; the resource itself is added to the deployment unless it is only referred to. */
export function resourceOf(
  known: Known,
  { node }: Declaration,
  body: Syntax,
  scope: Scope,
  isMade: boolean,
  outer?: Parent,
): object {
  const settings = evaluate(body, scope) as Record<string, unknown>;
  const parent = outer ?? (settings['parent'] as Parent | undefined);
  const name = parent === undefined ? settings['name'] : joined(parent.name, settings['name']);
  const self = { ...typed(node, outer, parent), name };
  const id = resourceId(under(known, settings['scope']), self.type, name);
  if (isMade && !isExisting(node)) {
    const sent = Object.entries(settings).filter(([key]) => !OF_BICEP.has(key));
    known.resources.push({ ...self, id, body: Object.fromEntries(sent) });
  }
  const nested = nestedOf(known, body, scope, isMade, self);
  return referenceTo(known, { ...self, id, shortName: settings['name'] }, nested);
}

/** Of an extension: the resource it belongs to; of a module in another group: that group. */
function under(known: Known, scope: unknown): string {
  const target = scope as { place?: Place; id?: unknown } | undefined;
  if (target?.place !== undefined) return idOfPlace(target.place);
  return typeof target?.id === 'string' ? target.id : idOfPlace(known.place);
}

function joined(parent: unknown, name: unknown): unknown {
  if (typeof parent === 'string' && typeof name === 'string') return `${parent}/${name}`;
  return call('format', ['{0}/{1}', parent, name]);
}

function nestedOf(
  known: Known,
  body: Syntax,
  scope: Scope,
  isMade: boolean,
  outer: Parent,
): Record<string, object> {
  const declarations = body.children
    .flatMap(({ children }) => children)
    .filter(({ type }) => type === 'resource_declaration');
  const entries = declarations.map((node) => {
    const inner = node.children.at(-1) ?? node;
    return [nameOf(node), resourceOf(known, { node, decorators: new Map() }, inner, scope, isMade, outer)];
  });
  return Object.fromEntries(entries) as Record<string, object>;
}

type Self = Parent & { id: unknown; shortName: unknown };

function referenceTo(known: Known, self: Self, nested: Record<string, object>): object {
  const member = (name: string): unknown => {
    if (name.startsWith('::')) return nested[name.slice(2)];
    if (name === 'name') return self.shortName;
    if (name === 'id' || name === 'type' || name === 'apiVersion') return self[name];
    const live = typeof self.id === 'string' ? known.world.reference?.(self.id) : undefined;
    if (live !== undefined) return Reflect.get(live, name) as unknown;
    if (name === 'properties') return call('reference', [self.id, self.apiVersion]);
    return deferred(`${textOf(call('reference', [self.id, self.apiVersion, 'full']))}.${name}`);
  };
  const place = self.type === 'Microsoft.Resources/resourceGroups' ? placeOf(known, self.name) : undefined;
  return { ...self, [MEMBER]: member, ...(place && { place }) };
}

const placeOf = ({ place }: Known, name: unknown): Place => ({
  subscription: place.subscription,
  group: String(name),
});
