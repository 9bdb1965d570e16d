import { cannot } from '../draft.ts';
import type { Converted } from '../draft.ts';
import { KINDS } from '../kinds.ts';
import type { Manifest } from '../kinds.ts';
import type { Surroundings } from '../surroundings.ts';
import { convertClusterExternalSecret } from './cluster-external-secret.ts';
import { convertExternalSecret } from './external-secret.ts';
import { convertKeyVaultSecret } from './key-vault-secret.ts';
import { convertProviderClass } from './provider-class.ts';

type Convert = (manifest: Manifest, surroundings: Surroundings) => Promise<Converted[]>;

/** Of each kind that makes Secrets; stores and Namespaces only say something of these. */
const CONVERT: Readonly<Record<string, Convert>> = {
  ExternalSecret: async (...about) => [await convertExternalSecret(...about)],
  ClusterExternalSecret: convertClusterExternalSecret,
  AzureKeyVaultSecret: async (...about) => [await convertKeyVaultSecret(...about)],
  SecretProviderClass: (...about) => Promise.resolve(convertProviderClass(...about)),
};

const SURROUNDING = new Set(['SecretStore', 'ClusterSecretStore', 'Namespace']);

const UNKNOWN = {
  why: 'import does not know this kind',
  todo: 'Leave it to its tool, or write by hand what it is for.',
};
const OF_KIND: Readonly<Record<string, typeof UNKNOWN>> = {
  PushSecret: {
    why: 'it writes from the cluster into a vault, and vaultcast only delivers',
    todo: 'Leave it to External Secrets Operator.',
  },
};

/** What every object becomes, in the order in which they were read. */
export async function convertAll(
  manifests: readonly Manifest[],
  surroundings: Surroundings,
): Promise<Converted[]> {
  const converted: Converted[] = [];
  for (const manifest of manifests) {
    const { kind } = manifest;
    const convert = CONVERT[kind];
    if (convert === undefined) {
      if (!SURROUNDING.has(kind)) converted.push(cannot(manifest, OF_KIND[kind] ?? UNKNOWN));
      continue;
    }
    const obstacle = unreadable(manifest);
    converted.push(...(obstacle === undefined ? await convert(manifest, surroundings) : [obstacle]));
  }
  return converted;
}

function unreadable(manifest: Manifest): Converted | undefined {
  const { kind, version, namespace } = manifest;
  const known = KINDS.find((one) => one.kind === kind);
  if (known?.versions.includes(version) !== true)
    return cannot(manifest, {
      why: `version ${version} of its API is not known`,
      todo: `Bring it to ${known?.versions.join(' or ')}, as the tool itself asks for.`,
    });
  if (known.namespaced && namespace === '')
    return cannot(manifest, {
      why: 'it says no namespace',
      todo: 'Add metadata.namespace, or say with --namespace where it goes.',
    });
  return undefined;
}
