import { ContainerServiceClient } from '@azure/arm-containerservice';
import type { TokenCredential } from '@azure/identity';
import { VaultcastError } from '../../errors.ts';
import { armFailure } from './failure.ts';
import { readKubeconfig } from './kubeconfig.ts';
import { createAzureHttp } from '../azure-http.ts';
import { boundCredential } from '../identity/tokens.ts';

interface ArmOptions {
  credential: TokenCredential;
  /** Origin of Azure Resource Manager in this cloud. */
  endpoint: string;
  /** What its tokens are for, where that is not its origin. */
  audience?: string;
  /** Authorities to trust instead of Node's, PEM: for tests against a server of their own. */
  ca?: string;
  /** For a token, and for the answer. Default 10 s. */
  timeoutMs?: number;
}

const ARM_ID =
  /^\/subscriptions\/(?<subscription>[0-9a-f-]{36})\/resourceGroups\/(?<group>[-\w.()]{1,90})\/providers\/Microsoft\.ContainerService\/managedClusters\/(?<name>[-\w]{1,63})$/i;

/** Group names cannot end with a dot, and `..` would lead the path elsewhere. */
function partsOf(armId: string): { subscription: string; group: string; name: string } {
  const { subscription, group, name } = ARM_ID.exec(armId)?.groups ?? {};
  if (subscription === undefined || group === undefined || name === undefined || group.endsWith('.'))
    throw new VaultcastError('CLUSTER_NOT_ALLOWED', 'spec.aks is no ARM id of a managed cluster');
  return { subscription, group, name };
}

/** A kubeconfig takes 10 kB. */
const ANSWER = { bytes: 1024 * 1024, values: 5000 };

function clientsOf({ credential, endpoint, audience = endpoint, ca, timeoutMs = 10_000 }: ArmOptions) {
  const bounded = boundCredential(credential, timeoutMs);
  const options = {
    endpoint,
    credentials: { scopes: [`${audience}/.default`] },
    // A 429 is for the caller to honour: the SDK would sit it out, far longer than an event has.
    retryOptions: { maxRetries: 0 },
    redirectOptions: { maxRetries: 0 },
    httpClient: createAzureHttp({ timeoutMs, ...ANSWER, ca }),
  };
  return (subscription: string) => new ContainerServiceClient(bounded, subscription, options);
}

/**
 * Asks Azure where a managed cluster is: `listClusterUserCredential` in format exec, the one call that tells the authority.
 * For a private cluster it names the private address. Rejects with VaultcastError; see failure.ts.
 */
export function createArm(options: ArmOptions) {
  const clientOf = clientsOf(options);
  return async (armId: string) => {
    const { subscription, group, name } = partsOf(armId);
    return ask(clientOf(subscription), group, name);
  };
}

async function ask(client: ContainerServiceClient, group: string, name: string) {
  try {
    const answer = await client.managedClusters.listClusterUserCredentials(group, name, { format: 'exec' });
    const [given] = answer.kubeconfigs ?? [];
    if (given?.value === undefined) throw new VaultcastError('CLUSTER_FAILED', 'Azure gave no kubeconfig');
    return readKubeconfig(Buffer.from(given.value).toString('utf8'));
  } catch (error) {
    throw armFailure(error, Date.now());
  }
}
