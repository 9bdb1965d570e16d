import { COMMON } from './common.ts';

const AKS_ID =
  '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/weu/providers/Microsoft.ContainerService/managedClusters/weu-1';

const CREDENTIAL_VAULT = 'The value carries the tag server: the address that it is for.';

export const CLUSTER = {
  ...COMMON,
  kind: { text: 'A Kubernetes API that receives Secrets.', example: 'Cluster' },
  spec: { text: 'Where the cluster is, and what may happen there.', example: { aks: AKS_ID } },
  'spec.aks': {
    text: 'The ARM id of an AKS cluster. The app asks Azure for its address and certificates, and signs in with its managed identity. Set this or server.',
    example: AKS_ID,
  },
  'spec.allowStaticCredentials': {
    text: 'Take an AKS cluster that lets in whoever holds its own credential, instead of asking Microsoft Entra. Without it such a cluster is refused.',
    example: true,
  },
  'spec.server': {
    text: 'The address of the API server of any other cluster; it must match CLUSTER_HOSTS of the app. A path may follow the host. Set this or aks.',
    example: 'https://edge-1.example.com:6443',
  },
  'spec.certificateAuthorityData': {
    text: 'The certificates that the API server is checked against: base64 of PEM, as in a kubeconfig. Without it those that Node trusts count. Only with server.',
    example: 'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg==',
  },
  'spec.credential': {
    text: 'How the app signs in to a cluster with server: one of entra, token, clientCertificate.',
    example: { entra: { scope: 'api://edge-1/.default' } },
  },
  'spec.credential.entra': {
    text: 'The API server trusts Microsoft Entra as its issuer; the app signs in with its managed identity.',
    example: { scope: 'api://edge-1/.default' },
  },
  'spec.credential.entra.scope': {
    text: 'The scope of the app registration that stands for the API server. CLUSTER_SCOPES of the app binds it to hosts.',
    example: 'api://edge-1/.default',
  },
  'spec.credential.token': {
    text: 'A bearer token, kept in the credential vault.',
    example: { secret: 'edge-1-token' },
  },
  'spec.credential.token.secret': {
    text: `The secret of CREDENTIAL_VAULT with the token. ${CREDENTIAL_VAULT}`,
    example: 'edge-1-token',
  },
  'spec.credential.clientCertificate': {
    text: 'A client certificate with its key, kept in the credential vault.',
    example: { secret: 'edge-1-client' },
  },
  'spec.credential.clientCertificate.secret': {
    text: `The secret of CREDENTIAL_VAULT with certificate and key. ${CREDENTIAL_VAULT}`,
    example: 'edge-1-client',
  },
  'spec.paused': {
    text: 'Write and remove nothing in this cluster. Its targets are kept, and are brought up to date when it is false again.',
    example: true,
  },
  'spec.requireConsent': {
    text: 'Kept so that older documents are read. Only CONSENT_NOT_REQUIRED of the app lets Secrets into namespaces that did not agree; no document does.',
    example: true,
  },
  'spec.scope': {
    text: 'What the app may list: the Secrets of each namespace that accepts some (a RoleBinding for each), or all Secrets of the cluster at once (a ClusterRoleBinding).',
    example: 'cluster',
  },
  'spec.orphans': {
    text: 'What becomes of a Secret that no route makes any more: keep leaves it as it is; remove deletes it when runs have seen that for an hour.',
    example: 'remove',
  },
};
