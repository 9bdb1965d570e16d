import { parse } from 'yaml';
import type { DataEntry } from '../../../registry/data-entry.ts';
import { secretName } from '../../../registry/fields.ts';
import { at, listAt, textAt } from '../../connect/objects.ts';
import { cannot, isObstacle, nothing, originOf } from '../draft.ts';
import type { Converted, Obstacle } from '../draft.ts';
import type { Manifest } from '../kinds.ts';
import { fieldDifferences, fieldObstacles, findingsIn } from '../known/fields.ts';
import { SECRET_PROVIDER_CLASS, VAULT_OBJECT } from '../known/provider-class.ts';
import type { Surroundings } from '../surroundings.ts';
import { vaultAt } from './store.ts';
import { chainAt, KEY_PEM } from './tls.ts';

/** A SecretProviderClass of the CSI driver: a draft per Secret that it makes. */
export function convertProviderClass(
  manifest: Manifest,
  { vaultDomain }: Pick<Surroundings, 'vaultDomain'>,
): Converted[] {
  const { object } = manifest;
  const secrets = listAt(object, 'spec', 'secretObjects');
  if (secrets.length === 0)
    return [nothing(manifest, 'it has no secretObjects: its secrets are files in a volume only')];
  const findings = findingsIn(object, SECRET_PROVIDER_CLASS);
  const vault = vaultOf(object, vaultDomain);
  const objects = vaultObjects(object);
  const obstacles = [
    ...fieldObstacles(findings),
    ...(isObstacle(vault) ? [vault] : []),
    ...(isObstacle(objects) ? [objects] : []),
  ];
  if (isObstacle(vault) || isObstacle(objects) || obstacles.length > 0)
    return [cannot(manifest, ...obstacles)];
  return secrets.map((one) =>
    convertSecret(manifest, one, objects, vault.vaultUrl, fieldDifferences(findings)),
  );
}

const DOMAINS: Readonly<Record<string, string>> = {
  AzurePublicCloud: 'vault.azure.net',
  AzureChinaCloud: 'vault.azure.cn',
  AzureUSGovernmentCloud: 'vault.usgovcloudapi.net',
  AzureUSGovernment: 'vault.usgovcloudapi.net',
};

function vaultOf(object: object, fallback: string): { vaultUrl: string } | Obstacle {
  const cloud = textAt(object, 'spec', 'parameters', 'cloudName').trim();
  const domain = cloud === '' ? fallback : DOMAINS[cloud];
  const name = textAt(object, 'spec', 'parameters', 'keyvaultName').trim().toLowerCase();
  if (domain === undefined)
    return { why: 'spec.parameters.cloudName is no cloud that is known', todo: 'Correct the name.' };
  return vaultAt(name === '' ? '' : `https://${name}.${domain}`, 'spec.parameters.keyvaultName');
}

/** One of `parameters.objects`, by the name of the file that it becomes. */
type VaultObjects = ReadonlyMap<string, object>;

/** YAML inside of YAML: a list of texts, each an object. */
function vaultObjects(object: object): VaultObjects | Obstacle {
  const files = new Map<string, object>();
  try {
    const listed = listAt(parse(textAt(object, 'spec', 'parameters', 'objects')), 'array');
    for (const text of listed) {
      const one: unknown = typeof text === 'string' ? parse(text) : text;
      const file = textAt(one, 'objectAlias') || textAt(one, 'objectName');
      files.set(file.trim(), Object(one) as object);
    }
    return files;
  } catch {
    return { why: 'spec.parameters.objects is no YAML', todo: 'Correct it.' };
  }
}

function convertSecret(
  manifest: Manifest,
  secret: unknown,
  objects: VaultObjects,
  vaultUrl: string,
  differences: readonly string[],
): Converted {
  const type = textAt(secret, 'type') || 'Opaque';
  const data: Record<string, DataEntry> = {};
  const obstacles: Obstacle[] = [];
  for (const one of listAt(secret, 'data')) {
    const key = textAt(one, 'key');
    const entry = entryOf(key, type, textAt(one, 'objectName'), objects);
    if (isObstacle(entry)) obstacles.push(entry);
    else data[key] = entry;
  }
  if (obstacles.length > 0) return cannot(manifest, ...obstacles);
  const isTls = type === 'kubernetes.io/tls';
  const hasKey = isTls && Object.hasOwn(data, 'tls.key');
  const chains = isTls ? [] : Object.keys(data).filter((key) => 'certificate' in (data[key] ?? {}));
  const draft = {
    origins: [originOf(manifest)],
    namespaces: [manifest.namespace],
    vaultUrl,
    secret: textAt(secret, 'secretName'),
    type,
    content: { data },
    labels: { ...(Object(at(secret, 'labels')) as Record<string, string>) },
    annotations: { ...(Object(at(secret, 'annotations')) as Record<string, string>) },
    immutable: false,
    removesDeleted: false,
    differences: [...differences, ...(hasKey ? [KEY_PEM] : []), ...chains.map(chainAt), STAYS],
  };
  return { state: 'draft', draft };
}

const STAYS = 'the Secret is there whether a pod mounts the volume or not';

function entryOf(key: string, type: string, file: string, objects: VaultObjects): DataEntry | Obstacle {
  const object = objects.get(file.trim());
  if (object === undefined)
    return { why: `key ${key}: ${file} is none of spec.parameters.objects`, todo: 'Correct the name.' };
  const [finding] = fieldObstacles(findingsIn(object, VAULT_OBJECT));
  if (finding !== undefined) return { ...finding, why: `key ${key}: ${finding.why}` };
  const name = textAt(object, 'objectName').trim().toLowerCase();
  if (!secretName.safeParse(name).success)
    return {
      why: `key ${key}: ${JSON.stringify(name)} names no secret of a vault`,
      todo: 'Correct the name.',
    };
  if (type === 'kubernetes.io/tls') return tlsEntry(key, name, kindIn(object));
  return plainEntry(key, name, object);
}

const kindIn = (object: object): string => textAt(object, 'objectType').trim().toLowerCase();

/** What the provider gives of a certificate: `secret` all of it, `cert` the public half, `key` the public key alone. */
function tlsEntry(key: string, certificate: string, kind: string): DataEntry | Obstacle {
  if (kind === 'key' || (kind === 'cert' && key === 'tls.key'))
    return {
      why: `key ${key}: objectType ${kind} of ${certificate} brings no ${key}, and the driver makes no Secret of it`,
      todo: 'Say objectType: secret, which brings certificate and key.',
    };
  if (key === 'tls.crt') return { certificate, part: 'chain' };
  if (key === 'tls.key') return { certificate, part: 'key' };
  return {
    why: `key ${key}: a Secret of type kubernetes.io/tls has tls.crt and tls.key`,
    todo: 'Remove the key.',
  };
}

function plainEntry(key: string, secret: string, object: object): DataEntry | Obstacle {
  const kind = kindIn(object);
  if (kind === 'cert') return { certificate: secret, part: 'chain' };
  if (kind !== 'secret')
    return {
      why: `key ${key}: ${secret} is a key of the vault, no secret`,
      todo: 'Read it where it is needed.',
    };
  if (textAt(object, 'objectFormat').trim().toLowerCase() === 'pem')
    return {
      why: `key ${key}: objectFormat pem turns a PKCS#12 certificate into PEM, with its private key`,
      todo: 'Make it a Secret of type kubernetes.io/tls; where the secret is no certificate, remove objectFormat.',
    };
  const encoding = textAt(object, 'objectEncoding').trim().toLowerCase();
  if (encoding === '' || encoding === 'utf-8') return { secret };
  return { secret, encoding: encoding as 'hex' | 'base64' };
}
