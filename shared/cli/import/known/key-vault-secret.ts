import { HANDLED, ignored, OF_EVERY_OBJECT, refused } from './fields.ts';

/**
 * akv2k8s, AzureKeyVaultSecret of spv.no/v1 and v2beta1. The field of `Poll` is called `bool` in its API.
 * https://github.com/SparebankenVest/azure-key-vault-to-kubernetes, pkg/k8s/apis/azurekeyvault
 */
export const AZURE_KEY_VAULT_SECRET = {
  ...OF_EVERY_OBJECT,
  'spec.vault.name': HANDLED,
  'spec.vault.object.name': HANDLED,
  'spec.vault.object.type': HANDLED,
  'spec.vault.object.version': refused(
    'it asks for one version for ever',
    'Remove it: vaultcast delivers the latest valid version.',
  ),
  'spec.vault.object.bool': ignored('nothing is polled'),
  'spec.vault.object.poll': ignored('nothing is polled'),
  'spec.vault.object.contentType': HANDLED,
  'spec.vault.azureIdentity': ignored('the app reads the vault with its own identity'),
  'spec.output.secret.name': HANDLED,
  'spec.output.secret.type': HANDLED,
  'spec.output.secret.dataKey': HANDLED,
  'spec.output.secret.chainOrder': HANDLED,
  'spec.output.configMap.name': refused(
    'vaultcast makes Secrets only',
    'Let the workload read a Secret instead.',
  ),
  'spec.output.configMap.dataKey': ignored('it is about the ConfigMap, which is refused itself'),
  'spec.output.transform[]': HANDLED,
};
