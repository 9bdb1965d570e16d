/*
 * The fields of the objects that import reads, as the API types of each version have them. Facts about other people's
 * software, written down by hand from its sources: what stands here and not in import's lists fails the tests.
 *
 * - External Secrets Operator: apis/externalsecrets/v1 and v1beta1 (v1 with everything up to sync windows and manifests)
 * - akv2k8s: pkg/k8s/apis/azurekeyvault/v1 and v2beta1
 * - Secrets Store CSI driver: apis/v1; provider for Azure: pkg/provider/types
 */

const under = (path: string, ...fields: string[]): string[] => fields.map((field) => `${path}.${field}`);

const REMOTE_REF = ['key', 'metadataPolicy', 'property', 'version', 'conversionStrategy', 'decodingStrategy'];
const STORE_REF = ['name', 'kind'];
const GENERATOR_REF = ['apiVersion', 'kind', 'name'];

const SPEC_V1BETA1 = [
  ...under('secretStoreRef', ...STORE_REF),
  ...under('target', 'name', 'creationPolicy', 'deletionPolicy', 'immutable'),
  ...under('target.template', 'type', 'engineVersion', 'mergePolicy', 'data.x'),
  ...under('target.template.metadata', 'annotations.x', 'labels.x'),
  ...under('target.template.templateFrom[].configMap', 'name', 'items[].key', 'items[].templateAs'),
  ...under('target.template.templateFrom[].secret', 'name', 'items[].key', 'items[].templateAs'),
  ...under('target.template.templateFrom[]', 'target', 'literal'),
  'refreshPolicy',
  'refreshInterval',
  'data[].secretKey',
  ...under('data[].remoteRef', ...REMOTE_REF),
  ...under('data[].sourceRef.storeRef', ...STORE_REF),
  ...under('data[].sourceRef.generatorRef', ...GENERATOR_REF),
  ...under('dataFrom[].extract', ...REMOTE_REF),
  ...under('dataFrom[].find', 'path', 'name.regexp', 'tags.x', 'conversionStrategy', 'decodingStrategy'),
  ...under('dataFrom[].rewrite[]', 'regexp.source', 'regexp.target', 'transform.template'),
  ...under('dataFrom[].sourceRef.storeRef', ...STORE_REF),
  ...under('dataFrom[].sourceRef.generatorRef', ...GENERATOR_REF),
];

const SPEC_V1 = [
  ...SPEC_V1BETA1,
  ...under('target.manifest', 'apiVersion', 'kind'),
  'target.template.metadata.finalizers[]',
  'target.template.templateFrom[].valuesDecodingStrategy',
  ...under('syncWindows', 'kind', 'windows[].schedule', 'windows[].duration'),
  'data[].remoteRef.nullBytePolicy',
  'dataFrom[].extract.nullBytePolicy',
  'dataFrom[].find.nullBytePolicy',
  ...under(
    'dataFrom[].rewrite[].merge',
    'into',
    'priority[]',
    'priorityPolicy',
    'conflictPolicy',
    'strategy',
  ),
];

const STATUS = under('status', 'refreshTime', 'syncedResourceVersion', 'binding.name', 'conditions[].type');
const SELECTOR = [
  'matchLabels.x',
  'matchExpressions[].key',
  'matchExpressions[].operator',
  'matchExpressions[].values[]',
];

const CLUSTER_V1BETA1 = [
  ...under('spec.externalSecretSpec', ...SPEC_V1BETA1),
  ...under('spec', 'externalSecretName', 'refreshTime', 'namespaces[]'),
  ...under('spec.externalSecretMetadata', 'annotations.x', 'labels.x'),
  ...under('spec.namespaceSelector', ...SELECTOR),
  ...under('status', 'externalSecretName', 'failedNamespaces[].namespace', 'provisionedNamespaces[]'),
];

const SELECTOR_OF_KEY = ['name', 'namespace', 'key'];
const AZURE_V1BETA1 = [
  'authType',
  'vaultUrl',
  'tenantId',
  'environmentType',
  'identityId',
  ...under('authSecretRef.clientId', ...SELECTOR_OF_KEY),
  ...under('authSecretRef.clientSecret', ...SELECTOR_OF_KEY),
  ...under('authSecretRef.tenantId', ...SELECTOR_OF_KEY),
  ...under('authSecretRef.clientCertificate', ...SELECTOR_OF_KEY),
  ...under('serviceAccountRef', 'name', 'namespace', 'audiences[]'),
];

const STORE_V1BETA1 = [
  'spec.controller',
  ...under('spec.provider.azurekv', ...AZURE_V1BETA1),
  ...under('spec.provider', 'aws.region', 'vault.server', 'gcpsm.projectID', 'fake.data[].key'),
  ...under('spec', 'retrySettings.maxRetries', 'retrySettings.retryInterval', 'refreshInterval'),
  ...under('spec.conditions[].namespaceSelector', ...SELECTOR),
  ...under('spec.conditions[]', 'namespaces[]', 'namespaceRegexes[]'),
  ...under('status', 'capabilities', 'conditions[].type'),
];

const AKV_V1 = [
  ...under(
    'spec.vault',
    'name',
    'object.name',
    'object.type',
    'object.version',
    'object.bool',
    'object.contentType',
  ),
  ...under('spec.output.secret', 'name', 'type', 'dataKey', 'chainOrder'),
  'spec.output.transform[]',
  ...under('status', 'secretHash', 'lastAzureUpdate', 'secretName'),
];

/** `kind version` -> paths; `x` stands for any name. */
export const API_FIELDS: Readonly<Record<string, readonly string[]>> = {
  'ExternalSecret v1': [...under('spec', ...SPEC_V1), ...STATUS],
  'ExternalSecret v1beta1': [...under('spec', ...SPEC_V1BETA1), ...STATUS],
  'ClusterExternalSecret v1': [
    ...CLUSTER_V1BETA1,
    ...under('spec.externalSecretSpec', ...SPEC_V1),
    ...under('spec.namespaceSelectors[]', ...SELECTOR),
  ],
  'ClusterExternalSecret v1beta1': CLUSTER_V1BETA1,
  'SecretStore v1': [
    ...STORE_V1BETA1,
    'spec.provider.azurekv.useAzureSDK',
    ...under(
      'spec.provider.azurekv.customCloudConfig',
      'activeDirectoryEndpoint',
      'keyVaultEndpoint',
      'keyVaultDNSSuffix',
      'resourceManagerEndpoint',
      'audience',
    ),
  ],
  'SecretStore v1beta1': STORE_V1BETA1,
  'AzureKeyVaultSecret v1': AKV_V1,
  'AzureKeyVaultSecret v2beta1': [
    ...AKV_V1,
    'spec.vault.azureIdentity',
    ...under('spec.output.configMap', 'name', 'dataKey'),
    ...under('status', 'configMapHash', 'configMapName'),
  ],
  'SecretProviderClass v1': [
    'spec.provider',
    ...under(
      'spec.parameters',
      'keyvaultName',
      'objects',
      'cloudName',
      'cloudEnvFileName',
      'tenantId',
      'tenantID',
    ),
    ...under(
      'spec.parameters',
      'clientID',
      'usePodIdentity',
      'useVMManagedIdentity',
      'userAssignedIdentityID',
    ),
    ...under('spec.secretObjects[]', 'secretName', 'type', 'labels.x', 'annotations.x'),
    ...under('spec.secretObjects[].data[]', 'objectName', 'key', 'plainValue'),
    ...under('status', 'byPod[].id', 'byPod[].namespace'),
  ],
  'vault object': [
    'objectName',
    'objectAlias',
    'objectVersion',
    'objectVersionHistory',
    'objectType',
    'objectFormat',
    'objectEncoding',
    'filePermission',
  ],
};
