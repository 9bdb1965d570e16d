import type { PersonCluster } from '../connect/cluster.ts';
import { listAt, textAt } from '../connect/objects.ts';

/** An owner reference, and whether what it refers to is there. `unseen`: the person may not look. */
interface Owner {
  /** `ExternalSecret pg`. */
  name: string;
  state: 'alive' | 'gone' | 'unseen';
}

/** What the owner references of a Secret come to in the cluster, in their order. */
export function ownersOf(
  references: readonly object[],
  namespace: string,
  person: PersonCluster,
): Promise<Owner[]> {
  return Promise.all(references.map((reference) => ownerOf(reference, namespace, person)));
}

/** Why its owners may think the Secret theirs: those that are there, or may be. */
export function ownerClaims(owners: readonly Owner[]): string[] {
  return owners.flatMap(({ name, state }) =>
    state === 'gone'
      ? []
      : [`it is owned by ${name}${state === 'unseen' ? ', which you may not look at' : ''}`],
  );
}

/** The garbage collector would delete the Secret together with an owner that is gone. */
export function withoutGone(references: readonly object[], owners: readonly Owner[]): object[] {
  return references.filter((_, index) => owners[index]?.state !== 'gone');
}

async function ownerOf(reference: object, namespace: string, person: PersonCluster): Promise<Owner> {
  const [kind, object] = [textAt(reference, 'kind'), textAt(reference, 'name')];
  const name = `${kind === '' ? '?' : kind} ${object === '' ? '?' : object}`;
  const found = await referred(reference, namespace, person);
  if (found.state === 'refused') return { name, state: 'unseen' };
  const isAlive =
    found.state === 'found' && textAt(found.body, 'metadata', 'uid') === textAt(reference, 'uid');
  return { name, state: isAlive ? 'alive' : 'gone' };
}

/** The object that an owner reference names; absent also where its whole kind is gone. */
async function referred(reference: object, namespace: string, person: PersonCluster) {
  const [kind, name] = [textAt(reference, 'kind'), textAt(reference, 'name')];
  const versions = await servedVersion(textAt(reference, 'apiVersion'), person);
  if (versions.state !== 'found') return versions;
  const resource = listAt(versions.body, 'resources').find(
    (one) => textAt(one, 'kind') === kind && !textAt(one, 'name').includes('/'),
  );
  if (resource === undefined) return { state: 'absent' as const };
  const scope = Reflect.get(resource as object, 'namespaced') === true ? `/namespaces/${namespace}` : '';
  const root = rootOf(textAt(versions.body, 'groupVersion'));
  return person.get(`${root}${scope}/${textAt(resource, 'name')}/${encodeURIComponent(name)}`);
}

/** The resources of an API version or, where that one is served no more, of the version that its group prefers. */
async function servedVersion(apiVersion: string, person: PersonCluster) {
  const exact = await person.get(rootOf(apiVersion));
  const [group = '', version] = apiVersion.split('/');
  if (exact.state !== 'absent' || version === undefined) return exact;
  const found = await person.get(`/apis/${group}`);
  if (found.state !== 'found') return found;
  return person.get(rootOf(textAt(found.body, 'preferredVersion', 'groupVersion')));
}

function rootOf(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}
