import type { Cluster } from '../../registry/document.ts';
import type { KubeContext } from './context.ts';

/** What a person still has to do, in the order in which it has to be done. Credentials of people are not for the app. */
export function nextSteps(context: KubeContext, { metadata, spec }: Cluster): string[] {
  return [
    `Next: list ${placeOf(spec)} in CLUSTER_HOSTS of the app: it connects nowhere else.`,
    ...credentialSteps(context, spec),
    `Then: vaultcast apply, and vaultcast check ${metadata.name}.`,
  ];
}

/** As CLUSTER_HOSTS names it. */
function placeOf({ aks, server }: Cluster['spec']): string {
  return aks ?? new URL(server ?? '').host;
}

const OWN_USER = 'Use a user of its own with the rights in infra/kubernetes, not your own login.';

function credentialSteps(context: KubeContext, { credential, server = '' }: Cluster['spec']): string[] {
  if (credential === undefined)
    return ["Give the app's identity its rights on the cluster (infra/kubernetes)."];
  if ('entra' in credential)
    return [
      `List ${credential.entra.scope} in CLUSTER_SCOPES.`,
      "Give the app's identity its rights on the cluster (infra/kubernetes).",
    ];
  if ('token' in credential) {
    const { secret } = credential.token;
    return [
      `Store the bearer token in the vault CREDENTIAL_VAULT as ${secret}. ${OWN_USER}`,
      `  credential="$(${tokenCommand(context)})"`,
      `  test -n "$credential" && ${storeCommand(secret, server)}`,
    ];
  }
  const { secret } = credential.clientCertificate;
  const part = (field: string): string => `${viewCommand(context, field)} | base64 -d`;
  return [
    `Store client certificate and key (PEM) in the vault CREDENTIAL_VAULT as ${secret}. ${OWN_USER}`,
    `  credential="$(${part('client-certificate-data')}; ${part('client-key-data')})"`,
    `  echo "$credential" | grep -q 'PRIVATE KEY' && ${storeCommand(secret, server, ' --content-type application/x-pem-file')}`,
  ];
}

function tokenCommand(context: KubeContext): string {
  return context.tokenFile === undefined ? viewCommand(context, 'token') : `cat ${quoted(context.tokenFile)}`;
}

/**
 * One field of the context's user, by the person's own tools: it never passes through here. Flattened, because certificates
 * may stand in files of their own.
 */
function viewCommand({ file, name }: KubeContext, field: string): string {
  const from = file === undefined ? '' : ` --kubeconfig ${quoted(file)}`;
  const view = `kubectl config view --raw --minify --flatten${from} --context ${quoted(name)}`;
  return `${view} -o jsonpath='{.users[0].user.${field}}'`;
}

/** The tag holds the credential to this server. Nothing is stored where there was nothing. */
function storeCommand(secret: string, server: string, more = ''): string {
  const set = `az keyvault secret set --vault-name CREDENTIAL_VAULT --name ${secret}`;
  return `printf %s "$credential" | ${set} --tags server=${quoted(server)}${more} --file /dev/stdin`;
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
