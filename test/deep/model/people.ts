import type { LiveSecret } from '../../../shared/target/secret.ts';
import { stored, writtenCluster, writtenRoute } from '../../support/documents.ts';
import type { ModelCluster, ModelRoute, Moment } from './history.ts';
import { CLUSTERS, NAMESPACES, ROUTES, SECRETS, type Step } from './program.ts';
import { createUniverse, type Universe } from './universe.ts';
import { isOurs, valueOf, Witness } from './witness.ts';

/** The world and everything that was done to it. */
export interface Model {
  universe: Universe;
  witness: Witness;
  routes: Map<string, ModelRoute>;
  clusters: Map<string, ModelCluster>;
  /** `cluster/namespace` -> what it accepts. */
  namespaces: Map<string, string>;
  versions: number;
  /** Secrets of events that were not acknowledged. */
  undelivered: number[];
  tell: (line: string) => void;
}

const TARGETS = [
  { namespace: 'app-1', name: 'pg' },
  { namespace: 'app-1', name: 'mq' },
  { namespace: 'app-2', name: 'pg' },
] as const;

const { signal } = new AbortController();
const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** Two clusters, two tenants, every namespace accepts its own; the rival is no route yet. */
export async function createModel(tell: (line: string) => void): Promise<Model> {
  const universe = createUniverse();
  const model: Model = {
    universe,
    witness: new Witness(universe),
    routes: new Map(),
    clusters: new Map(),
    namespaces: new Map(),
    versions: 0,
    undelivered: [],
    tell,
  };
  for (const name of CLUSTERS) {
    await putCluster(model, name, { paused: false, removesOrphans: false });
    for (const namespace of NAMESPACES.keys())
      changeNamespace(model, { do: 'namespace', cluster: CLUSTERS.indexOf(name), namespace, how: 'accept' });
  }
  for (const name of ['app-1', 'app-2']) await putRoute(model, routeOf(name));
  for (const secret of SECRETS.keys()) rotate(model, { do: 'rotate', secret, told: 0, from: 'now' });
  remember(model);
  return model;
}

function routeOf(name: string): ModelRoute {
  const plain = { name, paused: false, garbled: false, removes: false };
  if (name !== 'a-rival') return { ...plain, prefix: `${name}--`, namespace: name };
  return { ...plain, prefix: 'app-1--pg--', namespace: 'app-1', only: [SECRETS[0]] };
}

/** The world as it is now becomes part of what an instance may have seen. */
export function remember({ universe, routes, clusters, namespaces }: Model): void {
  const { vault, clock } = universe.ports;
  const secrets = SECRETS.map((name) => {
    const latest = vault.people.history('team', name).at(-1);
    return [name, { latest, isDeleted: vault.people.latest('team', name) === undefined }] as const;
  });
  const moment: Moment = {
    at: clock.now(),
    vault: new Map(secrets),
    routes: new Map(routes),
    clusters: new Map(clusters),
    namespaces: new Map(namespaces),
  };
  universe.history.add(moment);
}

type Of<D extends Step['do']> = Extract<Step, { do: D }>;

export function rotate(model: Model, { secret, from }: Of<'rotate'>): void {
  const { vault, clock } = model.universe.ports;
  const name = nameOf(SECRETS, secret);
  const isDeleted = vault.people.history('team', name).length > 0 && !vault.people.latest('team', name);
  if (isDeleted) vault.people.recover('team', name);
  const seconds = Math.floor(clock.now() / 1000);
  const nbf = { now: undefined, 'in an hour': seconds + 3600, tomorrow: seconds + 86_400 }[from];
  model.versions += 1;
  const version = model.versions.toString(16).padStart(32, '0');
  const value = valueOf(name, model.versions);
  vault.people.set('team', name, value, { version, ...(nbf === undefined ? {} : { nbf }) });
}

export function changeSecret(model: Model, { secret, how }: Of<'secret'>): void {
  const { vault, clock } = model.universe.ports;
  const { people } = vault;
  const name = nameOf(SECRETS, secret);
  const isDeleted = people.latest('team', name) === undefined;
  if (how === 'recover') return isDeleted ? people.recover('team', name) : undefined;
  if (isDeleted) return undefined;
  const expired = Math.floor(clock.now() / 1000) - 1;
  switch (how) {
    case 'disable':
      return people.disable('team', name);
    case 'enable':
      return people.enable('team', name);
    case 'delete':
      return people.delete('team', name);
    case 'expire':
      return people.update('team', name, undefined, { exp: expired });
    case 'prolong':
      return people.update('team', name, undefined, { exp: null });
  }
}

export function editSecret(
  { universe, witness, namespaces }: Model,
  { cluster, target, how }: Of<'edit'>,
): void {
  const { namespace, name } = TARGETS[target] ?? TARGETS[0];
  const at = nameOf(CLUSTERS, cluster);
  const people = universe.ports.kubernetes.people(at);
  const found = people.secret(namespace, name);
  if (found === undefined) {
    const isFree = how === 'usurp' && namespaces.has(`${at}/${namespace}`);
    if (isFree) people.put(namespace, { metadata: { name }, data: { theirs: base64('x') } });
    return;
  }
  if (how !== 'add') witness.forget(found);
  const goes = how === 'delete' || (how === 'usurp' && !isOurs(found));
  if (goes) people.remove(namespace, name);
  else change(people, found, how);
}

function change(people: People, found: LiveSecret, how: Of<'edit'>['how']): void {
  const { namespace, name } = found;
  if (how === 'value' || how === 'drop' || how === 'add')
    people.edit(namespace, name, (one) => ({ ...one, data: edited(found.data, how) }));
  else strip(people, namespace, name, how);
}

function edited(
  data: Readonly<Record<string, string>>,
  how: 'value' | 'drop' | 'add',
): Record<string, string> {
  const [first = 'none'] = Object.keys(data);
  const { [first]: _first, ...others } = data;
  if (how === 'drop') return others;
  return { ...data, [how === 'add' ? 'extra' : first]: base64('by hand') };
}

type People = ReturnType<Universe['ports']['kubernetes']['people']>;

function strip(people: People, namespace: string, name: string, how: string): void {
  people.edit(namespace, name, (one) => {
    const { 'vaultcast.dev/sources': _sources, ...annotations } = one.metadata.annotations ?? {};
    return { ...one, metadata: { ...one.metadata, ...(how === 'usurp' ? { labels: {} } : { annotations }) } };
  });
}

export function changeNamespace(
  { universe, namespaces }: Model,
  { cluster, namespace, how }: Of<'namespace'>,
): void {
  const at = nameOf(CLUSTERS, cluster);
  const people = universe.ports.kubernetes.people(at);
  const name = nameOf(NAMESPACES, namespace);
  const isThere = namespaces.has(`${at}/${name}`);
  if (how === 'delete') {
    namespaces.delete(`${at}/${name}`);
    people.deleteNamespace(name);
    return;
  }
  if (!isThere) people.createNamespace(name, {});
  const accept = { accept: `${name}--`, narrow: `${name}--pg--password`, drop: undefined }[how];
  namespaces.set(`${at}/${name}`, accept ?? '');
  people.annotate(name, { 'vaultcast.dev/accept': accept });
}

export async function changeRoute(model: Model, { route, how }: Of<'route'>): Promise<void> {
  const name = nameOf(ROUTES, route);
  const plain = routeOf(name);
  if (how === 'drop') {
    model.routes.delete(name);
    return drop(model, 'Route', name);
  }
  const narrow = { ...plain, only: plain.only ?? [`${name}--pg--password`] };
  const changed = {
    put: plain,
    pause: { ...plain, paused: true },
    remove: { ...plain, removes: true },
    narrow,
    garble: { ...plain, garbled: true },
  };
  return putRoute(model, changed[how]);
}

export async function changeCluster(model: Model, { cluster, how }: Of<'cluster'>): Promise<void> {
  const name = nameOf(CLUSTERS, cluster);
  if (how === 'drop') {
    model.clusters.delete(name);
    return drop(model, 'Cluster', name);
  }
  return putCluster(model, name, { paused: how === 'pause', removesOrphans: how === 'remove' });
}

async function putRoute(model: Model, route: ModelRoute): Promise<void> {
  const { name, prefix, namespace, only, paused, removes, garbled } = route;
  await drop(model, 'Route', name);
  model.routes.set(name, route);
  const { registry } = model.universe.ports;
  if (garbled) return registry.write('Route', { partitionKey: 'team', rowKey: name, prefix });
  const fate = removes ? 'remove' : 'keep';
  const spec = {
    prefix,
    namespaces: [namespace],
    paused,
    onDisabled: fate,
    onDeleted: fate,
    onExpired: fate,
  };
  const explicit = { layout: 'explicit', name: 'pg', data: { other: { secret: SECRETS[0] } } };
  const narrowed = only === undefined ? {} : { match: { names: only } };
  const shape = name === 'a-rival' ? explicit : narrowed;
  return registry.put(stored(writtenRoute(name, { ...spec, ...shape })), undefined, signal);
}

async function putCluster(model: Model, name: string, cluster: ModelCluster): Promise<void> {
  await drop(model, 'Cluster', name);
  model.clusters.set(name, cluster);
  const { paused, removesOrphans } = cluster;
  const scope = name === 'weu-2' ? 'cluster' : 'namespaces';
  const spec = {
    paused,
    orphans: removesOrphans ? 'remove' : 'keep',
    ...(scope === 'cluster' ? { scope } : {}),
  };
  await model.universe.ports.registry.put(stored(writtenCluster(name, spec)), undefined, signal);
}

async function drop({ universe }: Model, kind: 'Route' | 'Cluster', name: string): Promise<void> {
  const { registry } = universe.ports;
  const { existing } = await registry.list(signal);
  for (const one of existing) if (one.kind === kind && one.name === name) await registry.remove(one, signal);
}

export function nameOf(names: readonly string[], index: number): string {
  return names[index % names.length] ?? '';
}
