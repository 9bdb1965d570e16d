import type { PersonCluster } from '../connect/cluster.ts';
import { namespacePath } from '../connect/cluster.ts';
import { at, listAt, textAt } from '../connect/objects.ts';
import { CliError } from '../terminal/failure.ts';
import { KINDS } from './kinds.ts';
import type { Manifest } from './kinds.ts';

/** What a cluster holds of other tools, as far as the person may see it. */
interface FromCluster {
  manifests: Manifest[];
  /** Whether every Namespace is among them. */
  allNamespaces: boolean;
  /** What could not be listed, in words. */
  unseen: string[];
}

/** @param namespaces only these; none: all */
export async function manifestsInCluster(
  person: PersonCluster,
  namespaces: readonly string[],
): Promise<FromCluster> {
  const found: FromCluster = { manifests: [], allNamespaces: false, unseen: [] };
  await addNamespaces(person, namespaces, found);
  for (const kind of KINDS) await addKind(person, kind, namespaces, found);
  return found;
}

async function addNamespaces(
  person: PersonCluster,
  namespaces: readonly string[],
  found: FromCluster,
): Promise<void> {
  const listed = await listAll(person, '/api/v1/namespaces');
  if (Array.isArray(listed)) {
    found.allNamespaces = true;
    found.manifests.push(...listed.map((object) => manifestOf('Namespace', '', object)));
    return;
  }
  if (namespaces.length === 0)
    throw new CliError(
      `the Namespaces cannot be listed: ${listed.refused}`,
      'Name those you may see with --namespace.',
    );
  for (const name of namespaces) {
    const looked = await person.get(namespacePath(name));
    if (looked.state === 'found') found.manifests.push(manifestOf('Namespace', '', looked.body as object));
    else
      found.unseen.push(
        `Namespace ${name}: ${looked.state === 'refused' ? looked.why : 'it does not exist'}`,
      );
  }
}

async function addKind(
  person: PersonCluster,
  { kind, group, versions, resource, namespaced }: (typeof KINDS)[number],
  namespaces: readonly string[],
  found: FromCluster,
): Promise<void> {
  const served = await person.get(`/apis/${group}`);
  if (served.state === 'absent') return;
  const offered =
    served.state === 'found' ? listAt(served.body, 'versions').map((one) => textAt(one, 'version')) : [];
  const version = versions.find((one) => offered.includes(one)) ?? offered[0];
  if (version === undefined) return void found.unseen.push(`${kind}: its API could not be read`);
  const places = namespaced && namespaces.length > 0 ? namespaces.map((one) => `namespaces/${one}/`) : [''];
  for (const place of places) {
    const listed = await listAll(person, `/apis/${group}/${version}/${place}${resource}`);
    if (Array.isArray(listed)) found.manifests.push(...listed.map((one) => manifestOf(kind, version, one)));
    else if (listed.refused !== '') found.unseen.push(`${kind}: ${listed.refused}`);
  }
}

function manifestOf(kind: string, version: string, object: object): Manifest {
  const namespace = textAt(object, 'metadata', 'namespace');
  return { kind, version, namespace, name: textAt(object, 'metadata', 'name'), object };
}

const PAGE = 250;

/** Every page of a list; `refused` is empty where there is no such resource. */
async function listAll(person: PersonCluster, path: string): Promise<object[] | { refused: string }> {
  const items: object[] = [];
  for (let next = ''; ;) {
    const more = next === '' ? '' : `&continue=${encodeURIComponent(next)}`;
    const looked = await person.get(`${path}?limit=${PAGE}${more}`);
    if (looked.state !== 'found') return { refused: looked.state === 'refused' ? looked.why : '' };
    items.push(...listAt(looked.body, 'items').filter((one) => typeof one === 'object' && one !== null));
    next = textAt(at(looked.body, 'metadata'), 'continue');
    if (next === '') return items;
  }
}
