import { ContainerServiceClient } from '@azure/arm-containerservice';
import type { TokenCredential } from '@azure/identity';
import { Agent, request } from 'undici';
import { parse } from 'yaml';
import { isAzuresRefusal, REFUSED_BY_AZURE } from '../../shared/check/azure.ts';
import { type Fact, fact } from './check.ts';

/** The application id of AKS' API servers, the same in every cloud. https://azure.github.io/kubelogin/ */
const AKS_SERVER_SCOPE = '6dae42f8-4368-4678-94ff-3960e28e3630/.default';

interface Kubeconfig {
  clusters: { cluster: { server: string; 'certificate-authority-data': string } }[];
  users: { user: Record<string, unknown> }[];
}

/** What the API server is asked, and what it says to it. */
interface Review {
  status?: { allowed?: boolean; reason?: string };
}

/** How an AKS cluster is found, that it knows a token for the AKS server application, and who decides in it. */
export async function verifyAks(armId: string, credential: TokenCredential): Promise<Fact[]> {
  const [, , subscription = '', , group = '', , , , name = ''] = armId.split('/');
  const client = new ContainerServiceClient(credential, subscription);
  const kubeconfig = async (): Promise<Kubeconfig> => {
    const answer = await client.managedClusters.listClusterUserCredentials(group, name, { format: 'exec' });
    return parse(Buffer.from(answer.kubeconfigs?.[0]?.value ?? []).toString('utf8')) as Kubeconfig;
  };
  const token = async (): Promise<string> => (await credential.getToken(AKS_SERVER_SCOPE))?.token ?? '';
  const { aadProfile } = await client.managedClusters.get(group, name);
  return [
    await fact(
      'user credentials in exec format tell server and CA, and no static credential',
      'exec',
      async () => judge(await kubeconfig()),
    ),
    await fact('Entra gives a token for the AKS server application', 'a token', async () => {
      const found = (await token()) === '' ? 'none' : 'a token';
      return { found, holds: found === 'a token' };
    }),
    await verifyWhoDecides(aadProfile?.enableAzureRbac === true, async () => {
      const [config, bearer] = [await kubeconfig(), await token()];
      return askAccess(config, bearer);
    }),
  ];
}

/**
 * Asks the cluster about a right that nobody has: with Azure RBAC the refusal must be Azure's sentence. Where Azure lets
 * you do everything, because you are an administrator, there is nothing to be seen.
 */
export function verifyWhoDecides(azureRbac: boolean, ask: () => Promise<Review>): Promise<Fact> {
  const expected = azureRbac ? `"${REFUSED_BY_AZURE}", or you may do it` : 'no word of Azure';
  return fact('a refusal says whether Azure RBAC decides in this cluster', expected, async () => {
    const { status } = await ask();
    const reason = status?.reason ?? '';
    const isAzure = isAzuresRefusal(reason);
    const found = status?.allowed === true ? 'you may do it' : reason || 'no reason';
    return { found, holds: azureRbac ? isAzure || status?.allowed === true : !isAzure };
  });
}

/** May the signed-in person read Secrets of a namespace that does not exist? */
async function askAccess({ clusters }: Kubeconfig, bearer: string): Promise<Review> {
  const cluster = clusters[0]?.cluster;
  const ca = Buffer.from(cluster?.['certificate-authority-data'] ?? '', 'base64').toString('utf8');
  const review = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes: { namespace: 'vaultcast-verify', verb: 'get', resource: 'secrets' } },
  };
  const { body } = await request(`${cluster?.server}/apis/authorization.k8s.io/v1/selfsubjectaccessreviews`, {
    method: 'POST',
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
    body: JSON.stringify(review),
    dispatcher: new Agent({ connect: { ca } }),
  });
  return (await body.json()) as Review;
}

function judge({ clusters, users }: Kubeconfig): { found: string; holds: boolean } {
  const cluster = clusters[0]?.cluster;
  const user = users[0]?.user ?? {};
  const complete =
    cluster?.server.startsWith('https://') === true && cluster['certificate-authority-data'] !== '';
  return { found: Object.keys(user).join(', '), holds: complete && 'exec' in user && !('token' in user) };
}
