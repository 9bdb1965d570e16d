import { perText } from '../../remember.ts';
import type { LiveSecret } from '../../target/secret.ts';
import type { PersonCluster } from '../connect/cluster.ts';
import { listAt, textAt } from '../connect/objects.ts';
import { isMarked } from './claims.ts';

/** A kind of object by which another tool is told to write Secrets. */
interface WriterKind {
  tool: string;
  kind: string;
  group: string;
  resource: string;
  /** Labels and annotations that begin so are that tool's. */
  mark: string;
  /** Names of the Secrets that it writes, in the namespace where it stands. */
  secretsOf: (object: unknown) => readonly string[];
}

const KINDS: readonly WriterKind[] = [
  {
    tool: 'External Secrets Operator',
    kind: 'ExternalSecret',
    group: 'external-secrets.io',
    resource: 'externalsecrets',
    mark: 'reconcile.external-secrets.io/',
    secretsOf: (object) => {
      if (textAt(object, 'spec', 'target', 'creationPolicy') === 'None') return [];
      return [textAt(object, 'spec', 'target', 'name') || textAt(object, 'metadata', 'name')];
    },
  },
  {
    tool: 'akv2k8s',
    kind: 'AzureKeyVaultSecret',
    group: 'spv.no',
    resource: 'azurekeyvaultsecrets',
    mark: 'spv.no/',
    secretsOf: (object) => [textAt(object, 'spec', 'output', 'secret', 'name')],
  },
  {
    tool: 'the Secrets Store CSI driver',
    kind: 'SecretProviderClass',
    group: 'secrets-store.csi.x-k8s.io',
    resource: 'secretproviderclasses',
    mark: 'secrets-store.csi.k8s.io/',
    secretsOf: (object) => listAt(object, 'spec', 'secretObjects').map((one) => textAt(one, 'secretName')),
  },
  {
    tool: 'Sealed Secrets',
    kind: 'SealedSecret',
    group: 'bitnami.com',
    resource: 'sealedsecrets',
    mark: 'sealedsecrets.bitnami.com/',
    secretsOf: (object) => [
      textAt(object, 'spec', 'template', 'metadata', 'name') || textAt(object, 'metadata', 'name'),
    ],
  },
];

/** What a tool has to do with one Secret. */
interface Writer {
  tool: string;
  mark: string;
  /** `ExternalSecret pg`, of each object that writes this Secret. */
  objects: readonly string[];
  /** The person may not look at the tool's objects. */
  unseen: boolean;
}

/** Gives, of each tool that could be there, what it has to do with a Secret; one request per tool and namespace. */
export function writersIn(person: PersonCluster) {
  const kinds = KINDS.map(({ group, resource, ...kind }) => ({
    ...kind,
    list: perText(Number.POSITIVE_INFINITY, (namespace) =>
      listObjects(person, group, `namespaces/${namespace}/${resource}`),
    ),
  }));
  return (namespace: string, secret: string): Promise<Writer[]> =>
    Promise.all(
      kinds.map(async ({ tool, kind, mark, secretsOf, list }) => {
        const found = await list(namespace);
        const items = found.state === 'found' ? listAt(found.body, 'items') : [];
        const writing = items.filter((object) => secretsOf(object).includes(secret));
        const objects = writing.map((object) => `${kind} ${textAt(object, 'metadata', 'name')}`);
        return { tool, mark, objects, unseen: found.state === 'refused' };
      }),
    );
}

/**
 * Why tools may think a Secret theirs.
 * @param owners names of its owners, which speak for themselves
 */
export function writerClaims(
  writers: readonly Writer[],
  live: LiveSecret,
  owners: readonly string[],
): string[] {
  return writers.flatMap(({ tool, mark, objects, unseen }) => [
    ...objects.filter((name) => !owners.includes(name)).map((name) => `${name} of ${tool} writes it`),
    ...(unseen && isMarked(live, mark) ? [`it bears marks of ${tool}, whose objects you may not list`] : []),
  ]);
}

/** In the version that the group prefers; absent where the tool is not installed. */
async function listObjects(person: PersonCluster, group: string, path: string) {
  const found = await person.get(`/apis/${group}`);
  if (found.state !== 'found') return found;
  return person.get(`/apis/${textAt(found.body, 'preferredVersion', 'groupVersion')}/${path}`);
}
