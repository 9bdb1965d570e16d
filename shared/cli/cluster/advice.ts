import type { Cluster } from '../../registry/document.ts';
import type { KubeContext } from './context.ts';

/** What a person still has to store, and a caution: credentials of people are not for the app. */
export function storageAdvice(context: KubeContext, credential: Cluster['spec']['credential']): string[] {
  if (credential === undefined)
    return [
      "Next: give the app's identity its rights on the cluster (infra/kubernetes), then vaultcast apply.",
    ];
  if ('entra' in credential)
    return [
      `Next: list ${credential.entra.scope}@${hostOf(context)} in CLUSTER_SCOPES and the host in CLUSTER_HOSTS, then vaultcast apply.`,
    ];
  const rights = 'Use a user of its own with the rights in infra/kubernetes, not your own login.';
  if ('token' in credential)
    return [
      `Next: store the bearer token in the vault CREDENTIAL_VAULT as ${credential.token.secret}. ${rights}`,
      `  ${viewCommand(context, 'token')} | ${store(credential.token.secret)}`,
    ];
  const { secret } = credential.clientCertificate;
  const part = (field: string): string => `${viewCommand(context, field)} | base64 -d`;
  return [
    `Next: store client certificate and key (PEM) in the vault CREDENTIAL_VAULT as ${secret}. ${rights}`,
    `  { ${part('client-certificate-data')}; ${part('client-key-data')}; } | ${store(secret, ' --content-type application/x-pem-file')}`,
  ];
}

/** As CLUSTER_SCOPES binds it: with its port, unless that is 443. */
function hostOf({ server }: KubeContext): string {
  return URL.canParse(server) ? new URL(server).host : 'HOST';
}

/** One field of the context's user, decoded by the person's own tools: it never passes through here. */
function viewCommand({ file, name }: KubeContext, field: string): string {
  const quoted = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`;
  const view = `kubectl config view --raw --minify --kubeconfig ${quoted(file)} --context ${quoted(name)}`;
  return `${view} -o jsonpath='{.users[0].user.${field}}'`;
}

function store(secret: string, more = ''): string {
  return `az keyvault secret set --vault-name CREDENTIAL_VAULT --name ${secret}${more} --file /dev/stdin`;
}
