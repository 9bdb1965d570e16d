import { stringify } from 'yaml';
import { startHttps } from '../network/https-server.ts';
import type { LocalReply, LocalRequest, LocalServer } from '../network/https-server.ts';
import type { Authority } from '../network/authority.ts';
import type { TokenService } from '../tokens/service.ts';

/** A managed cluster as Azure knows it. */
interface ManagedCluster {
  /** As registered; Azure ignores its case. */
  id: string;
  /** `https://…` of the API server. */
  server: string;
  caPem: string;
  /** What its kubeconfig logs in with: Entra by an exec plugin, or credentials of its own. Default: exec. */
  login?: 'exec' | { certificate: string; key: string; token?: string } | { token: string };
  location?: string;
  privateCluster?: boolean;
}

/** Azure Resource Manager in small: the managed clusters of a subscription, read only. */
export interface ArmStandIn {
  server: LocalServer;
  /** Origin, `https://management.localhost:PORT`. */
  url: string;
  /** Adds a cluster, or puts it in the place of the one with its id. */
  put(cluster: ManagedCluster): void;
  remove(id: string): void;
  /** The identity loses its role on the cluster; returns the function that gives it back. */
  forbid(id: string): () => void;
  stop(): Promise<void>;
}

const ACTION = 'listClusterUserCredential';
const PATH =
  /^(?<id>\/subscriptions\/(?<subscription>[^/]+)\/resourceGroups\/(?<group>[^/]+)\/providers\/Microsoft\.ContainerService\/managedClusters\/(?<name>[^/]+))(?:\/(?<action>[^/]+))?$/i;

interface Asked {
  id: string;
  group: string;
  name: string;
  action: string | undefined;
}

function askedOf(path: string): Asked | undefined {
  const { id, group, name, action } = PATH.exec(path)?.groups ?? {};
  return id === undefined || group === undefined || name === undefined
    ? undefined
    : { id, group, name, action };
}

/** Errors of the ARM contract: {error: {code, message}}. */
const refused = (status: number, code: string, message: string): LocalReply => ({
  status,
  body: { error: { code, message } },
});

const notFound = ({ group, name }: Asked): LocalReply =>
  refused(
    404,
    'ResourceNotFound',
    `The Resource 'Microsoft.ContainerService/managedClusters/${name}' under resource group '${group}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
  );

const notAuthorized = ({ id, action }: Asked, oid: string): LocalReply =>
  refused(
    403,
    'AuthorizationFailed',
    `The client '${oid}' with object id '${oid}' does not have authorization to perform action 'Microsoft.ContainerService/managedClusters/${action ?? 'read'}/action' over scope '${id}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
  );

const EXEC = {
  apiVersion: 'client.authentication.k8s.io/v1beta1',
  command: 'kubelogin',
  args: [
    'get-token',
    '--environment',
    'AzurePublicCloud',
    '--server-id',
    '6dae42f8-4368-4678-94ff-3960e28e3630',
  ],
  env: null,
  installHint: '\nkubelogin is not installed which is required to connect to AAD enabled cluster.\n',
  provideClusterInfo: false,
};

const base64 = (text: string): string => Buffer.from(text).toString('base64');

function userOf({ login = 'exec' }: ManagedCluster): object {
  if (login === 'exec') return { exec: EXEC };
  if (!('certificate' in login)) return { token: login.token };
  const { certificate, key, token } = login;
  const own = { 'client-certificate-data': base64(certificate), 'client-key-data': base64(key) };
  return token === undefined ? own : { ...own, token };
}

/** The kubeconfig of one cluster and one user that Azure makes. */
function kubeconfigOf(cluster: ManagedCluster, { group, name }: Asked): string {
  const user = `clusterUser_${group}_${name}`;
  const place = { 'certificate-authority-data': base64(cluster.caPem), server: cluster.server };
  return stringify({
    apiVersion: 'v1',
    clusters: [{ cluster: place, name }],
    contexts: [{ context: { cluster: name, user }, name }],
    'current-context': name,
    kind: 'Config',
    preferences: {},
    users: [{ name: user, user: userOf(cluster) }],
  });
}

function resourceOf(cluster: ManagedCluster, { name }: Asked): object {
  const { id, server, location = 'westeurope', login = 'exec', privateCluster = false } = cluster;
  const address = new URL(server).hostname;
  const isEntra = login === 'exec';
  return {
    id,
    location,
    name,
    type: 'Microsoft.ContainerService/ManagedClusters',
    properties: {
      provisioningState: 'Succeeded',
      powerState: { code: 'Running' },
      kubernetesVersion: '1.36',
      ...(privateCluster ? { privateFQDN: address } : { fqdn: address }),
      disableLocalAccounts: isEntra,
      ...(isEntra && { aadProfile: { managed: true, enableAzureRBAC: false } }),
      apiServerAccessProfile: { enablePrivateCluster: privateCluster },
    },
  };
}

function found(cluster: ManagedCluster, asked: Asked, { method }: LocalRequest): LocalReply {
  if (method === 'GET' && asked.action === undefined)
    return { status: 200, body: resourceOf(cluster, asked) };
  if (method !== 'POST' || asked.action?.toLowerCase() !== ACTION.toLowerCase())
    return refused(404, 'InvalidResourceType', 'The resource type could not be found.');
  const value = base64(kubeconfigOf(cluster, asked));
  return { status: 200, body: { kubeconfigs: [{ name: 'clusterUser', value }] } };
}

/** The caller's object id, or undefined: its token is missing, for another audience or expired. */
async function callerOf(tokens: TokenService, audience: string, { headers }: LocalRequest) {
  const token = /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? '';
  return (await tokens.verify(token, [audience]))?.oid;
}

/** Tokens must be for the stand-in's own origin, as `https://management.azure.com` in Azure. */
export async function startArm(options: { authority: Authority; tokens: TokenService }): Promise<ArmStandIn> {
  const clusters = new Map<string, ManagedCluster>();
  const forbidden = new Set<string>();
  const handle = async (request: LocalRequest): Promise<LocalReply> => {
    const user = await callerOf(options.tokens, url, request);
    if (user === undefined)
      return refused(
        401,
        'InvalidAuthenticationToken',
        'The access token is invalid or for another audience.',
      );
    if (!request.query.has('api-version'))
      return refused(400, 'MissingApiVersionParameter', 'The api-version query parameter is required.');
    const asked = askedOf(request.path);
    if (asked === undefined) return { ...refused(404, 'NotFound', 'No such path.'), user };
    const id = asked.id.toLowerCase();
    if (forbidden.has(id)) return { ...notAuthorized(asked, user), user };
    const cluster = clusters.get(id);
    return { ...(cluster === undefined ? notFound(asked) : found(cluster, asked, request)), user };
  };
  const issued = await options.authority.issue(['management.localhost', '127.0.0.1']);
  const server = await startHttps({ ...issued, handle });
  const url = `https://management.localhost:${server.port}`;
  return {
    server,
    url,
    put: (cluster) => void clusters.set(cluster.id.toLowerCase(), cluster),
    remove: (id) => void clusters.delete(id.toLowerCase()),
    forbid: (id) => {
      forbidden.add(id.toLowerCase());
      return () => void forbidden.delete(id.toLowerCase());
    },
    stop: () => server.stop(),
  };
}
