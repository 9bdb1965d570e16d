import type { DataEntry } from '../../../registry/data-entry.ts';
import { secretName } from '../../../registry/fields.ts';
import { listAt, textAt } from '../../connect/objects.ts';
import { cannot, isObstacle, nothing, originOf } from '../draft.ts';
import type { Converted, Draft, Obstacle } from '../draft.ts';
import type { Manifest } from '../kinds.ts';
import { fieldDifferences, fieldObstacles, findingsIn } from '../known/fields.ts';
import { AZURE_KEY_VAULT_SECRET } from '../known/key-vault-secret.ts';
import type { Surroundings } from '../surroundings.ts';
import { vaultAt } from './store.ts';
import { chainAt, KEY_PEM } from './tls.ts';

type Contents = Pick<Draft, 'content' | 'differences'>;

/** An AzureKeyVaultSecret of akv2k8s. */
export async function convertKeyVaultSecret(
  manifest: Manifest,
  surroundings: Surroundings,
): Promise<Converted> {
  const { object, namespace } = manifest;
  const output = textAt(object, 'spec', 'output', 'secret', 'name');
  const isConfigMap = textAt(object, 'spec', 'output', 'configMap', 'name') !== '';
  if (output === '' && !isConfigMap)
    return nothing(manifest, 'it has no output: its value is for environment variables only');
  const findings = findingsIn(object, AZURE_KEY_VAULT_SECRET);
  const name = textAt(object, 'spec', 'vault', 'name');
  const vault = vaultAt(`https://${name}.${surroundings.vaultDomain}`, 'spec.vault.name');
  const content = await contentOf(object, () => surroundings.keysOf(namespace, output));
  const obstacles = [
    ...fieldObstacles(findings),
    ...(isObstacle(vault) ? [vault] : []),
    ...(isObstacle(content) ? [content] : []),
  ];
  if (isObstacle(vault) || isObstacle(content) || obstacles.length > 0) return cannot(manifest, ...obstacles);
  const draft = {
    origins: [originOf(manifest)],
    namespaces: [namespace],
    vaultUrl: vault.vaultUrl,
    secret: output,
    type: textAt(object, 'spec', 'output', 'secret', 'type') || 'Opaque',
    content: content.content,
    labels: {},
    annotations: {},
    immutable: false,
    removesDeleted: false,
    differences: [...fieldDifferences(findings), ...content.differences],
  };
  return { state: 'draft', draft };
}

async function contentOf(
  object: object,
  keysOf: () => Promise<readonly string[] | undefined>,
): Promise<Contents | Obstacle> {
  const named = textAt(object, 'spec', 'vault', 'object', 'name');
  if (!secretName.safeParse(named).success)
    return { why: `${JSON.stringify(named)} names no secret of a vault`, todo: 'Correct the name.' };
  const secret = named.toLowerCase();
  const kind = textAt(object, 'spec', 'vault', 'object', 'type');
  if (kind === 'secret') return secretContent(object, secret);
  if (kind === 'certificate') return certificateContent(object, secret);
  if (kind !== 'multi-key-value-secret')
    return {
      why: `spec.vault.object.type: ${kind} is no secret of the vault`,
      todo: 'Read it where it is needed.',
    };
  return severalValues(textAt(object, 'spec', 'vault', 'object', 'contentType'), secret, keysOf);
}

async function severalValues(
  contentType: string,
  secret: string,
  keysOf: () => Promise<readonly string[] | undefined>,
): Promise<Contents | Obstacle> {
  if (contentType === 'application/x-json')
    return { content: { expand: secret, keys: await keysOf() }, differences: [] };
  if (contentType === 'application/x-yaml')
    return { content: { expand: secret, format: 'yaml', keys: await keysOf() }, differences: [YAML_VALUES] };
  return {
    why: `spec.vault.object.contentType: ${contentType === '' ? 'it is missing' : `${contentType} is not known`}`,
    todo: 'The controller makes nothing of it either: say application/x-json or application/x-yaml.',
  };
}

const YAML_VALUES =
  'spec.vault.object.contentType: the controller writes null as an empty text; here it is the word null';

/** The keys of types that have one. https://kubernetes.io/docs/concepts/configuration/secret/#secret-types */
const KEY_OF_TYPE: Readonly<Record<string, string>> = {
  'kubernetes.io/dockerconfigjson': '.dockerconfigjson',
  'kubernetes.io/dockercfg': '.dockercfg',
  'kubernetes.io/ssh-auth': 'ssh-privatekey',
};

function secretContent(object: object, secret: string): Contents | Obstacle {
  const encoding = transformed(listAt(object, 'spec', 'output', 'transform'));
  if (isObstacle(encoding)) return encoding;
  const type = textAt(object, 'spec', 'output', 'secret', 'type');
  if (type === 'kubernetes.io/tls') return tlsContent(secret);
  if (type === 'kubernetes.io/basic-auth') return basicAuth(secret);
  const key = KEY_OF_TYPE[type] ?? textAt(object, 'spec', 'output', 'secret', 'dataKey');
  if (key === '') return NO_KEY;
  return { content: { data: { [key]: { secret, ...encoding } } }, differences: [] };
}

const NO_KEY: Obstacle = {
  why: 'spec.output.secret.dataKey is missing',
  todo: 'The controller makes nothing of it either: name the key.',
};

function transformed(transforms: readonly unknown[]): { encoding?: 'base64' } | Obstacle {
  const [only, ...more] = transforms;
  if (only === undefined) return {};
  if (only === 'base64decode' && more.length === 0) return { encoding: 'base64' };
  return {
    why: `spec.output.transform: ${transforms.map(String).join(', ')} has no counterpart, values are never changed`,
    todo: 'Store the secret as it is needed.',
  };
}

function basicAuth(secret: string): Contents {
  const part = (which: 'first' | 'last'): DataEntry => ({
    template: `{{ login | split: ":" | ${which} }}`,
    secrets: { login: secret },
  });
  return { content: { data: { username: part('first'), password: part('last') } }, differences: [] };
}

function tlsContent(secret: string): Contents {
  const data: Record<string, DataEntry> = {
    'tls.crt': { certificate: secret, part: 'chain' },
    'tls.key': { certificate: secret, part: 'key' },
  };
  return { content: { data }, differences: [KEY_PEM, CHAIN_ORDER] };
}

const CHAIN_ORDER = 'tls.crt: the leaf comes first, then its issuers, without a self-signed root';

function certificateContent(object: object, secret: string): Contents | Obstacle {
  const type = textAt(object, 'spec', 'output', 'secret', 'type') || 'Opaque';
  if (type === 'kubernetes.io/tls') return tlsContent(secret);
  if (type === 'Opaque')
    return {
      why: 'a certificate in a Secret of type Opaque is the public certificate in DER',
      todo: 'Write the route by hand: {certificate: NAME, part: chain} gives it as PEM.',
    };
  const key = textAt(object, 'spec', 'output', 'secret', 'dataKey');
  if (key === '') return NO_KEY;
  const data: Record<string, DataEntry> = { [key]: { certificate: secret, part: 'chain' } };
  return {
    content: { data },
    differences: [chainAt(key)],
  };
}
