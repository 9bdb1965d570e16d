import type { LiveSecret } from '../../../../shared/target/secret.ts';
import type { Edit, NamespaceChange } from '../program/steps.ts';
import { isOurs } from '../oracle/secrets.ts';
import { at } from './fleet.ts';
import type { Model } from './model.ts';
import { remember } from './remember.ts';
import type { Observer, Universe } from './shape.ts';

const SOURCES = 'vaultcast.dev/sources';
const ACCEPT = 'vaultcast.dev/accept';
const FINALIZER = 'example.com/hold';
const base64 = (text: string): string => Buffer.from(text).toString('base64');

type People = ReturnType<Universe['kubernetes']['people']>;

const WORDS: Readonly<Record<Edit, string>> = {
  value: 'overwrites a key of',
  drop: 'takes a key out of',
  add: 'adds a key to',
  delete: 'deletes',
  strip: 'takes the annotation sources off',
  forge: 'forges the annotation sources of',
  usurp: 'takes over',
  hold: 'puts a finalizer on',
  'let go': 'takes the finalizers off',
};

export function editSecret(model: Model, cluster: number, place: number, how: Edit): void {
  const { fleet, kubernetes, observers } = model.universe;
  const { namespace, name } = at(fleet.places, place);
  const where = at(fleet.clusters, cluster);
  const people = kubernetes.people(where);
  const found = people.secret(namespace, name);
  const id = `${where}/${namespace}/${name}`;
  const isPossible =
    found === undefined
      ? how === 'usurp' && model.namespaces.has(`${where}/${namespace}`)
      : how !== 'let go' || found.finalizers.length > 0;
  if (!isPossible) return;
  model.tell({ who: 'somebody', what: `${WORDS[how]} the Secret ${id}`, about: [id] });
  if (found === undefined)
    return void people.put(namespace, { metadata: { name }, data: { theirs: base64('x') } });
  return editFound(people, found, how, observers);
}

function editFound(people: People, found: LiveSecret, how: Edit, observers: readonly Observer[]): void {
  const { namespace, name } = found;
  if (how !== 'add' && how !== 'hold') for (const one of observers) one.edited?.(found);
  if (how === 'delete' || (how === 'usurp' && !isOurs(found))) return void people.remove(namespace, name);
  return change(people, found, how);
}

function change(people: People, found: LiveSecret, how: Edit): void {
  const { namespace, name, data } = found;
  people.edit(namespace, name, (one) => {
    const metadata = { ...one.metadata, ...editedMetadata(one.metadata.annotations ?? {}, how) };
    const isData = one.immutable !== true && DATA_EDITS.has(how);
    return { ...one, metadata, ...(isData ? { data: edited(data, how) } : {}) };
  });
}

const DATA_EDITS: ReadonlySet<Edit> = new Set(['value', 'drop', 'add']);

function editedMetadata({ [SOURCES]: sources = '', ...annotations }: Record<string, string>, how: Edit) {
  const forged = { ...annotations, [SOURCES]: sources.replace(/@[0-9a-f]+:/, `@${'f'.repeat(32)}:`) };
  switch (how) {
    case 'usurp':
      return { labels: {} };
    case 'strip':
      return { annotations };
    case 'forge':
      return { annotations: forged };
    case 'hold':
      return { finalizers: [FINALIZER] };
    case 'let go':
      return { finalizers: [] };
    default:
      return {};
  }
}

function edited(data: Readonly<Record<string, string>>, how: Edit): Record<string, string> {
  const [first = 'none'] = Object.keys(data);
  const { [first]: _first, ...others } = data;
  if (how === 'drop') return others;
  return { ...data, [how === 'add' ? 'extra' : first]: base64('by hand') };
}

export function changeNamespace(
  model: Model,
  {
    cluster,
    namespace,
    how,
    lagMs,
  }: { cluster: number; namespace: number; how: NamespaceChange; lagMs: number },
): void {
  const { fleet, kubernetes, admission, time } = model.universe;
  const where = at(fleet.clusters, cluster);
  const people = kubernetes.people(where);
  const name = at(fleet.namespaces, namespace);
  const id = `${where}/${name}`;
  const before = model.namespaces.get(id);
  const first = at(
    fleet.secrets.filter((one) => one.startsWith(`${name}--`)),
    0,
  );
  const accept = { accept: `${name}--`, narrow: first, drop: undefined, delete: undefined }[how];
  const tell = (what: string): void => model.tell({ who: `namespace ${id}`, what, about: [id] });
  if (how === 'delete') {
    tell('is deleted');
    return deleteNamespace(model, where, name);
  }
  tell(`accepts ${accept ?? 'nothing'}`);
  if (before === undefined) people.createNamespace(name, {});
  model.namespaces.set(id, accept ?? '');
  people.annotate(name, { [ACCEPT]: accept });
  if (lagMs > 0) admission.lag(id, before ?? '', time.now() + lagMs);
}

function deleteNamespace({ universe, namespaces }: Model, cluster: string, name: string): void {
  const people = universe.kubernetes.people(cluster);
  for (const secret of people.secrets().filter((one) => one.namespace === name))
    for (const one of universe.observers) one.edited?.(secret);
  namespaces.delete(`${cluster}/${name}`);
  people.deleteNamespace(name);
}

/** Every finalizer is taken off. */
export function letGo(model: Model): void {
  const { fleet } = model.universe;
  for (const cluster of fleet.clusters.keys())
    for (const place of fleet.places.keys()) editSecret(model, cluster, place, 'let go');
  remember(model);
}

/** A backup of etcd; restored as Kubernetes asks for, with a revision that was never seen before. */
export function changeEtcd(model: Model, cluster: number, how: 'backup' | 'restore'): void {
  const { fleet, kubernetes, observers } = model.universe;
  const where = at(fleet.clusters, cluster);
  const people = kubernetes.people(where);
  if (how === 'backup') {
    const own = [...model.namespaces].filter(([id]) => id.startsWith(`${where}/`));
    model.backups.set(where, { state: people.snapshot(), namespaces: new Map(own) });
    return;
  }
  const backup = model.backups.get(where);
  if (backup === undefined) return;
  model.tell({ who: `cluster ${where}`, what: 'is restored from a backup', about: [where] });
  for (const secret of people.secrets()) for (const one of observers) one.edited?.(secret);
  const { revision, uids } = people.snapshot();
  people.restore({ ...backup.state, revision: revision + 1000, uids });
  for (const id of model.namespaces.keys()) if (id.startsWith(`${where}/`)) model.namespaces.delete(id);
  for (const [id, accept] of backup.namespaces) model.namespaces.set(id, accept);
}
