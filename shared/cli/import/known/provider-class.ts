import { HANDLED, ignored, OF_EVERY_OBJECT, refused } from './fields.ts';

const OWN_IDENTITY = ignored('the app reads the vault with its own identity');

/**
 * Secrets Store CSI driver, SecretProviderClass of secrets-store.csi.x-k8s.io/v1, with the parameters of the Azure provider.
 * https://github.com/kubernetes-sigs/secrets-store-csi-driver, apis/v1
 * https://github.com/Azure/secrets-store-csi-driver-provider-azure, pkg/provider/types
 */
export const SECRET_PROVIDER_CLASS = {
  ...OF_EVERY_OBJECT,
  'spec.provider': refused('it is not the provider of Azure', 'Leave it to the CSI driver.', ['azure']),
  'spec.parameters.keyvaultName': HANDLED,
  'spec.parameters.objects': HANDLED,
  'spec.parameters.cloudName': HANDLED,
  'spec.parameters.cloudEnvFileName': refused(
    'it is a vault of a cloud of its own',
    'Only Key Vault of the public and the sovereign clouds is served.',
  ),
  'spec.parameters.tenantId': OWN_IDENTITY,
  'spec.parameters.tenantID': OWN_IDENTITY,
  'spec.parameters.clientID': OWN_IDENTITY,
  'spec.parameters.usePodIdentity': OWN_IDENTITY,
  'spec.parameters.useVMManagedIdentity': OWN_IDENTITY,
  'spec.parameters.userAssignedIdentityID': OWN_IDENTITY,
  'spec.secretObjects[].secretName': HANDLED,
  'spec.secretObjects[].type': HANDLED,
  'spec.secretObjects[].labels.*': HANDLED,
  'spec.secretObjects[].annotations.*': HANDLED,
  'spec.secretObjects[].data[].objectName': HANDLED,
  'spec.secretObjects[].data[].key': HANDLED,
  'spec.secretObjects[].data[].plainValue': refused(
    'it is no secret of the vault',
    'Store it in the vault, or put it into a ConfigMap.',
  ),
};

/** One of `parameters.objects`, which is YAML inside of YAML. */
export const VAULT_OBJECT = {
  objectName: HANDLED,
  objectAlias: HANDLED,
  objectType: HANDLED,
  objectVersion: refused(
    'it asks for one version for ever',
    'Remove it: vaultcast delivers the latest valid version.',
  ),
  objectVersionHistory: refused('it asks for older versions', 'Remove it.', [0, 1]),
  objectFormat: HANDLED,
  objectEncoding: HANDLED,
  filePermission: ignored('a volume of the Secret has its own defaultMode'),
};
