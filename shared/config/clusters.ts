import type { Cluster } from '../registry/document.ts';
import type { Config } from './config.ts';
import { coversArmId, serverRefusal } from './hosts.ts';
import { scopeRefusal } from './scopes.ts';

/**
 * Why a cluster may not be contacted, or undefined when it may. Asked before any connection is made and any token is
 * fetched: the registry says where clusters are, only configuration says where they may be, and who may see which token.
 */
export function clusterRefusal(allowed: Config['clusters'], { spec }: Cluster): string | undefined {
  const { aks, server, credential } = spec;
  if (aks !== undefined)
    return coversArmId(allowed, aks) ? undefined : 'its ARM id is not covered by CLUSTER_HOSTS';
  const refusal = serverRefusal(allowed, server ?? '');
  if (refusal !== undefined || server === undefined) return refusal;
  if (credential === undefined || !('entra' in credential)) return undefined;
  return scopeRefusal(allowed.scopes, credential.entra.scope, server);
}
