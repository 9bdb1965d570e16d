import { ContainerServiceClient } from '@azure/arm-containerservice';
import type { TokenCredential } from '@azure/identity';
import { parse } from 'yaml';
import { type Fact, fact } from './check.ts';

/** The application id of AKS' API servers, the same in every cloud. https://azure.github.io/kubelogin/ */
const AKS_SERVER_SCOPE = '6dae42f8-4368-4678-94ff-3960e28e3630/.default';

interface Kubeconfig {
  clusters: { cluster: { server: string; 'certificate-authority-data': string } }[];
  users: { user: Record<string, unknown> }[];
}

/** How an AKS cluster is found, and that it knows a token for the AKS server application. */
export async function verifyAks(armId: string, credential: TokenCredential): Promise<Fact[]> {
  const [, , subscription = '', , group = '', , , , name = ''] = armId.split('/');
  const client = new ContainerServiceClient(credential, subscription);
  return [
    await fact(
      'user credentials in exec format tell server and CA, and no static credential',
      'exec',
      async () => {
        const answer = await client.managedClusters.listClusterUserCredentials(group, name, {
          format: 'exec',
        });
        return judge(parse(Buffer.from(answer.kubeconfigs?.[0]?.value ?? []).toString('utf8')) as Kubeconfig);
      },
    ),
    await fact('Entra gives a token for the AKS server application', 'a token', async () => {
      const token = await credential.getToken(AKS_SERVER_SCOPE);
      return { found: token === null ? 'none' : 'a token', holds: token !== null };
    }),
  ];
}

function judge({ clusters, users }: Kubeconfig): { found: string; holds: boolean } {
  const cluster = clusters[0]?.cluster;
  const user = users[0]?.user ?? {};
  const complete =
    cluster?.server.startsWith('https://') === true && cluster['certificate-authority-data'] !== '';
  return { found: Object.keys(user).join(', '), holds: complete && 'exec' in user && !('token' in user) };
}
