import { below, differs, HANDLED, ignored, OF_EVERY_OBJECT, refused } from './fields.ts';

/*
 * External Secrets Operator, external-secrets.io/v1 and v1beta1 (a part of it).
 * https://github.com/external-secrets/external-secrets, apis/externalsecrets/v1
 */

const LATEST = 'Remove it: vaultcast delivers the latest valid version.';
const GENERATOR = refused(
  'it is made by a generator, not read from a vault',
  'Leave it to External Secrets Operator, or store what it makes in the vault.',
);

/** Where a value is in the vault: `data[].remoteRef` and `dataFrom[].extract`. */
const REMOTE_REF = {
  key: HANDLED,
  property: HANDLED,
  version: refused('it asks for one version for ever', LATEST),
  metadataPolicy: refused(
    'it asks for tags of the secret, not for its value',
    'Put what is needed into a secret of its own.',
    ['None'],
  ),
  decodingStrategy: HANDLED,
  nullBytePolicy: ignored('vaultcast writes the bytes as they are, NUL included'),
};

/** Which store it is in, when it is not the object's own. */
const STORE_REF = { name: HANDLED, kind: HANDLED };

const DATA = {
  secretKey: HANDLED,
  ...below('remoteRef', REMOTE_REF),
  'remoteRef.conversionStrategy': ignored('it is about keys of dataFrom, and there is none here'),
  ...below('sourceRef.storeRef', STORE_REF),
  'sourceRef.generatorRef.**': GENERATOR,
};

const CONVERSION = refused(
  'it renames properties that are no keys of a Secret',
  'Rename those properties in the vault, or name each key under data.',
  ['Default', 'None'],
);

const DATA_FROM = {
  ...below('extract', REMOTE_REF),
  'extract.conversionStrategy': CONVERSION,
  'find.path': refused('Key Vault has no paths', 'Remove it.'),
  'find.name.regexp': HANDLED,
  'find.tags.*': HANDLED,
  'find.conversionStrategy': CONVERSION,
  'find.decodingStrategy': HANDLED,
  'find.nullBytePolicy': ignored('vaultcast writes the bytes as they are, NUL included'),
  'rewrite[].**': refused('it renames keys', 'Name each key under data, or under data of the route.'),
  ...below('sourceRef.storeRef', STORE_REF),
  'sourceRef.generatorRef.**': GENERATOR,
};

const TEMPLATE_FROM_TODO = 'Put the template under target.template.data, or under data of the route.';

const TEMPLATE = {
  type: HANDLED,
  engineVersion: refused('templates of engine v1 are another language', 'Move to engineVersion v2 first.', [
    'v2',
  ]),
  mergePolicy: HANDLED,
  'data.*': HANDLED,
  'metadata.labels.*': HANDLED,
  'metadata.annotations.*': HANDLED,
  'metadata.finalizers[]': refused('routes set no finalizers', 'Remove them.'),
  'templateFrom[].configMap.**': refused('its template stands in a ConfigMap', TEMPLATE_FROM_TODO),
  'templateFrom[].secret.**': refused('its template stands in a Secret', TEMPLATE_FROM_TODO),
  'templateFrom[].literal': refused('one template makes several keys', TEMPLATE_FROM_TODO),
  'templateFrom[].target': ignored('it says where the template goes, which is refused itself'),
  'templateFrom[].valuesDecodingStrategy': ignored('it is about the template, which is refused itself'),
};

const SPEC = {
  ...below('secretStoreRef', STORE_REF),
  'target.name': HANDLED,
  'target.creationPolicy': HANDLED,
  'target.deletionPolicy': HANDLED,
  'target.immutable': HANDLED,
  'target.manifest.**': refused(
    'it makes something that is no Secret',
    'Leave it to External Secrets Operator.',
  ),
  ...below('target.template', TEMPLATE),
  refreshPolicy: differs('rotations are delivered from now on, the Secret is not left as it was made', [
    'Periodic',
  ]),
  refreshInterval: HANDLED,
  'syncWindows.**': differs('there are no windows: rotations are delivered as they happen'),
  ...below('data[]', DATA),
  ...below('dataFrom[]', DATA_FROM),
};

export const EXTERNAL_SECRET = { ...OF_EVERY_OBJECT, ...below('spec', SPEC) };

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors */
const SELECTOR = {
  'matchLabels.*': HANDLED,
  'matchExpressions[].key': HANDLED,
  'matchExpressions[].operator': HANDLED,
  'matchExpressions[].values[]': HANDLED,
};

const COPIED = 'what the operator copied to the Secrets stays on them when they are adopted';

export const CLUSTER_EXTERNAL_SECRET = {
  ...OF_EVERY_OBJECT,
  ...below('spec.externalSecretSpec', SPEC),
  'spec.externalSecretName': HANDLED,
  'spec.externalSecretMetadata.labels.*': ignored(COPIED),
  'spec.externalSecretMetadata.annotations.*': ignored(COPIED),
  ...below('spec.namespaceSelector', SELECTOR),
  ...below('spec.namespaceSelectors[]', SELECTOR),
  'spec.namespaces[]': HANDLED,
  'spec.refreshTime': ignored('namespaces are looked at by every run'),
};

const OWN_IDENTITY = ignored('the app reads the vault with its own identity');

const AZURE = {
  vaultUrl: HANDLED,
  authType: OWN_IDENTITY,
  tenantId: OWN_IDENTITY,
  environmentType: OWN_IDENTITY,
  'authSecretRef.**': OWN_IDENTITY,
  'serviceAccountRef.**': OWN_IDENTITY,
  identityId: OWN_IDENTITY,
  useAzureSDK: OWN_IDENTITY,
  'customCloudConfig.**': refused(
    'it is a vault of a cloud of its own',
    'Only Key Vault of the public and the sovereign clouds is served.',
  ),
};

/** SecretStore and ClusterSecretStore. */
export const SECRET_STORE = {
  ...OF_EVERY_OBJECT,
  'spec.controller': ignored('it says which operator serves the store'),
  ...below('spec.provider.azurekv', AZURE),
  'spec.provider.*.**': refused(
    'it is no Azure Key Vault',
    'Leave its secrets to External Secrets Operator.',
  ),
  'spec.retrySettings.maxRetries': ignored('the app tries again for 24 hours'),
  'spec.retrySettings.retryInterval': ignored('the app tries again for 24 hours'),
  'spec.refreshInterval': ignored('nothing is polled'),
  ...below('spec.conditions[].namespaceSelector', SELECTOR),
  'spec.conditions[].namespaces[]': HANDLED,
  'spec.conditions[].namespaceRegexes[]': HANDLED,
};
