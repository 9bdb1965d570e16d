import { stored, writtenCluster, writtenRoute } from '../../../support/documents.ts';
import type { ClusterChange, RouteChange } from '../program/steps.ts';
import { at, type Fleet } from './fleet.ts';
import type { ModelCluster, ModelRoute } from './history.ts';
import type { Model } from './model.ts';
import { VAULT } from './vault.ts';

const { signal } = new AbortController();
export const PLAIN_TYPE = 'Opaque';
export const OTHER_TYPE = 'example.com/credentials';

export function plainRoute(name: string, { secrets, places }: Fleet): ModelRoute {
  const plain = {
    name,
    type: PLAIN_TYPE,
    immutable: false,
    debounced: false,
    paused: false,
    garbled: false,
    removes: false,
  };
  if (name !== 'a-rival') return { ...plain, prefix: `${name}--`, namespace: name };
  const [secret, place] = [at(secrets, 0), at(places, 0)];
  const prefix = secret.slice(0, secret.lastIndexOf('--') + 2);
  return {
    ...plain,
    prefix,
    namespace: place.namespace,
    only: [secret],
    explicit: { target: place.name, key: 'other' },
  };
}

export async function changeRoute(model: Model, route: number, how: RouteChange): Promise<void> {
  const { fleet } = model.universe;
  const name = at(fleet.routes, route);
  const about = [`route ${name}`];
  if (how === 'drop') {
    model.tell({ who: 'somebody', what: `deletes route ${name}`, about });
    model.routes.delete(name);
    return drop(model, 'Route', name);
  }
  const plain = plainRoute(name, fleet);
  const first = at(
    fleet.secrets.filter((one) => one.startsWith(plain.prefix)),
    0,
  );
  const changes: Record<typeof how, Partial<ModelRoute>> = {
    put: {},
    pause: { paused: true },
    remove: { removes: true },
    narrow: { only: plain.only ?? [first] },
    garble: { garbled: true },
    retype: { type: OTHER_TYPE },
    immutable: { immutable: true },
    debounce: { debounced: true },
  };
  const { [how]: change } = changes;
  // What a person edits of a route leaves the rest of it as it is.
  const before = how === 'put' ? plain : (model.routes.get(name) ?? plain);
  model.tell({ who: 'somebody', what: `applies route ${name}: ${ROUTE_WORDS[how]}`, about });
  return putRoute(model, { ...before, garbled: false, ...change });
}

const ROUTE_WORDS: Readonly<Record<Exclude<RouteChange, 'drop'>, string>> = {
  put: 'plain',
  pause: 'paused',
  remove: 'what is disabled, deleted or expired is to be removed',
  narrow: 'only its first secret',
  garble: 'a row that nobody can read',
  retype: 'Secrets of another type',
  immutable: 'immutable Secrets',
  debounce: 'secrets that are rotated together wait for each other',
};

export async function changeCluster(model: Model, cluster: number, how: ClusterChange): Promise<void> {
  const name = at(model.universe.fleet.clusters, cluster);
  const about = [name];
  if (how === 'drop') {
    model.tell({ who: 'somebody', what: `deletes cluster ${name} from the registry`, about });
    model.clusters.delete(name);
    // The next run forgets its rows.
    model.universe.lostRows.add(name);
    return drop(model, 'Cluster', name);
  }
  const words = { put: 'plain', pause: 'paused', remove: 'orphans are to be removed' }[how];
  model.tell({ who: 'somebody', what: `applies cluster ${name}: ${words}`, about });
  return putCluster(model, name, { paused: how === 'pause', removesOrphans: how === 'remove' });
}

export async function putRoute(model: Model, route: ModelRoute): Promise<void> {
  const { name, prefix, namespace, only, explicit, type, immutable, paused, removes, garbled } = route;
  const company = route.debounced ? { debounce: '5s' } : {};
  await drop(model, 'Route', name);
  model.routes.set(name, route);
  const { registry } = model.universe;
  if (garbled) return registry.write('Route', { partitionKey: VAULT, rowKey: name, prefix });
  const fate = removes ? 'remove' : 'keep';
  const fates = { onDisabled: fate, onDeleted: fate, onExpired: fate };
  const spec = { prefix, namespaces: [namespace], type, immutable, paused, ...fates, ...company };
  const [secret] = only ?? [];
  const narrowed = only === undefined ? {} : { match: { names: only } };
  const shape =
    explicit === undefined
      ? narrowed
      : { layout: 'explicit', name: explicit.target, data: { [explicit.key]: { secret } } };
  return registry.put(stored(writtenRoute(name, { ...spec, ...shape })), undefined, signal);
}

export async function putCluster(model: Model, name: string, cluster: ModelCluster): Promise<void> {
  await drop(model, 'Cluster', name);
  model.clusters.set(name, cluster);
  const { paused, removesOrphans } = cluster;
  const scope = name === 'weu-2' ? { scope: 'cluster' } : {};
  const spec = { paused, orphans: removesOrphans ? 'remove' : 'keep', ...scope };
  await model.universe.registry.put(stored(writtenCluster(name, spec)), undefined, signal);
}

async function drop({ universe }: Model, kind: 'Route' | 'Cluster', name: string): Promise<void> {
  const { registry } = universe;
  const { existing } = await registry.list(signal);
  for (const one of existing) if (one.kind === kind && one.name === name) await registry.remove(one, signal);
}
