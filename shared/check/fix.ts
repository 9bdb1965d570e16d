import type { Code } from '../errors.ts';
import type { Cluster } from '../registry/document.ts';
import type { Inspection } from './inspection.ts';

const showAks = ({ spec }: Cluster): string => `az aks show --ids ${spec.aks}`;

/** The secret of CREDENTIAL_VAULT that lets vaultcast in, if one does. */
export function storedSecret({ spec: { credential } }: Cluster): string | undefined {
  if (credential === undefined || 'entra' in credential) return undefined;
  return 'token' in credential ? credential.token.secret : credential.clientCertificate.secret;
}

/**
 * With the tag without which it goes nowhere; `set-attributes` instead of `set` gives it to one that is stored. A check within
 * half a minute of the last reading still speaks of the old one (AGAIN_MS in adapters/identity/stored/store.ts), so it says so.
 */
export const storeAgain = (secret: string, { spec }: Cluster): string =>
  `store a fresh one: az keyvault secret set --vault-name CREDENTIAL_VAULT --name ${secret} --file FILE --tags server=${spec.server} (or, where only the tag is missing, set-attributes without --file); one that was refused is read again 30 s after its last reading: check again then`;

function fixIdentity(cluster: Cluster): string {
  const secret = storedSecret(cluster);
  if (secret !== undefined) return storeAgain(secret, cluster);
  if (cluster.spec.aks !== undefined)
    return `${showAks(cluster)} --query aadProfile (Entra integration on, and of the app's own tenant)`;
  return 'let the API server trust the tenant for the audience of spec.credential.entra.scope: infra/kubernetes/README.md';
}

function fixCredential(cluster: Cluster, code: Code): string {
  if (code === 'CLUSTER_NOT_ALLOWED')
    return (
      'add the cluster to CLUSTER_HOSTS (and SCOPE@HOST:PORT to CLUSTER_SCOPES), or vaultcast delete cluster ' +
      cluster.metadata.name
    );
  const secret = storedSecret(cluster);
  if (secret !== undefined) return storeAgain(secret, cluster);
  if (code === 'TOKEN_UNAVAILABLE')
    return 'check AZURE_CLIENT_ID and that the identity is assigned: az functionapp identity show';
  if (code === 'CLUSTER_CREDENTIAL') return `az aks update --ids ${cluster.spec.aks} --enable-aad`;
  if (code === 'CLUSTER_FORBIDDEN')
    return `az role assignment create --role "Azure Kubernetes Service Cluster User Role" --scope ${cluster.spec.aks} --assignee-object-id OBJECT_ID`;
  return showAks(cluster);
}

const SHOW_CA =
  "kubectl config view --raw --minify -o jsonpath='{.clusters[0].cluster.certificate-authority-data}'";

const aksFixes: Readonly<Record<'name' | 'tcp' | 'tls', string>> = {
  name: "--query powerState; for a private cluster link its private DNS zone to the app's network",
  tcp: '--query "[powerState, apiServerAccessProfile]": is it started, and may the app\'s address in?',
  tls: '--query "[provisioningState, fqdn]": is it being made anew, or does a proxy stand in between?',
};

const otherFixes: Readonly<Record<'name' | 'tcp' | 'tls', string>> = {
  name: "correct spec.server, or link the private DNS zone to the app's network",
  tcp: 'start the API server, or let the address and network of the app in (firewall, private endpoint)',
  tls: `put what this prints into spec.certificateAuthorityData, then vaultcast apply: ${SHOW_CA}`,
};

/** What to do about a step that failed. */
export function fixOf({ step, failure }: NonNullable<Inspection['ended']>, cluster: Cluster): string {
  const { code } = failure;
  switch (step) {
    case 'credential':
      return fixCredential(cluster, code);
    case 'identity':
      return code === 'CLUSTER_UNAUTHORIZED'
        ? fixIdentity(cluster)
        : 'correct spec.server: is it an API server?';
    case 'permission':
      return 'run the check again; when it stays so, read the log of the API server';
    default: {
      // Whoever connects and then hears nothing, or nonsense, has no wrong authority.
      const at = step === 'tls' && code !== 'CLUSTER_TLS' ? 'tcp' : step;
      return cluster.spec.aks === undefined ? otherFixes[at] : `${showAks(cluster)} ${aksFixes[at]}`;
    }
  }
}
