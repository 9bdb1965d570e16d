import type { LiveSecret } from '../../../../shared/target/secret.ts';
import type { Edit, NamespaceChange } from '../program/steps.ts';
import { isOurs } from '../oracle/secrets.ts';
import { at } from './fleet.ts';
import type { Model } from './model.ts';
import { remember } from './remember.ts';
import type { Universe } from './universe.ts';

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
  if (how === 'let go' && (found?.finalizers.length ?? 0) === 0) return;
  if (found === undefined && (how !== 'usurp' || !model.namespaces.has(`${where}/${namespace}`))) return;
  model.tell({ who: 'somebody', what: `${WORDS[how]} the Secret ${id}`, about: [id] });
  if (found === undefined)
    return void people.put(namespace, { metadata: { name }, data: { theirs: base64('x') } });
  if (how !== 'add' && how !== 'hold') for (const one of observers) one.edited?.(found);
  if (how === 'delete' || (how === 'usurp' && !isOurs(found))) return void people.remove(namespace, name);
  return change(people, found, how);
}

function change(people: People, found: LiveSecret, how: Edit): void {
  const { namespace, name, data } = found;
  people.edit(namespace, name, (one) => {
    const { [SOURCES]: sources = '', ...annotations } = one.metadata.annotations ?? {};
    const forged = { ...annotations, [SOURCES]: sources.replace(/@[0-9a-f]+:/, `@${'f'.repeat(32)}:`) };
    const metadata = {
      ...one.metadata,
      ...(how === 'usurp' ? { labels: {} } : {}),
      ...(how === 'strip' ? { annotations } : {}),
      ...(how === 'forge' ? { annotations: forged } : {}),
      ...(how === 'hold' ? { finalizers: [FINALIZER] } : {}),
      ...(how === 'let go' ? { finalizers: [] } : {}),
    };
    const isData = !one.immutable && (how === 'value' || how === 'drop' || how === 'add');
    return { ...one, metadata, ...(isData ? { data: edited(data, how) } : {}) };
  });
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
  const { fleet, kubernetes, admission, time, observers } = model.universe;
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
  const what =
    how === 'delete' ? 'is deleted' : accept === undefined ? 'accepts nothing' : `accepts ${accept}`;
  model.tell({ who: `namespace ${id}`, what, about: [id] });
  if (how === 'delete') {
    for (const secret of people.secrets().filter((one) => one.namespace === name))
      for (const one of observers) one.edited?.(secret);
    model.namespaces.delete(id);
    return people.deleteNamespace(name);
  }
  if (before === undefined) people.createNamespace(name, {});
  model.namespaces.set(id, accept ?? '');
  people.annotate(name, { [ACCEPT]: accept });
  if (lagMs > 0) admission.lag(id, before ?? '', time.now() + lagMs);
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
