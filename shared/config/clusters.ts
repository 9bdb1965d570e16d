import type { AllowedHosts } from './hosts.ts';
import { coversArmId, coversServer } from './hosts.ts';
import type { Cluster } from '../registry/document.ts';

export interface AllowedClusters extends AllowedHosts {
  scopes: string[];
}

function refusedScope({ scopes }: AllowedClusters, { spec: { credential } }: Cluster): string | undefined {
  if (credential === undefined || !('entra' in credential)) return undefined;
  const wanted = credential.entra.scope.toLowerCase();
  if (scopes.some((scope) => scope.toLowerCase() === wanted)) return undefined;
  return 'its scope is not listed in CLUSTER_SCOPES';
}

/**
 * Why a cluster may not be contacted, or undefined when it may. Asked before any connection is made and any token is
 * fetched: the registry says where clusters are, only configuration says where they may be.
 */
export function clusterRefusal(allowed: AllowedClusters, cluster: Cluster): string | undefined {
  const { aks, server } = cluster.spec;
  if (aks !== undefined)
    return coversArmId(allowed, aks) ? undefined : 'its ARM id is not covered by CLUSTER_HOSTS';
  if (server === undefined || !coversServer(allowed, server))
    return 'its server is not covered by CLUSTER_HOSTS';
  return refusedScope(allowed, cluster);
}
