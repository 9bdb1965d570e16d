import type { Config } from '../../config/config.ts';
import { coversServer } from '../../config/hosts.ts';

/**
 * Where Azure puts the API servers of AKS, by cloud; private ones are under `privatelink.REGION` of the same.
 * https://learn.microsoft.com/azure/aks/private-clusters and
 * https://learn.microsoft.com/azure/azure-government/compare-azure-government-global-azure
 */
const AKS_DOMAINS = ['azmk8s.io', 'cx.prod.service.azk8s.cn', 'cx.aks.containerservice.azure.us'];

/**
 * Why no token is sent to the server that Azure named, or undefined: it is AKS's own, or CLUSTER_HOSTS lists it. The ARM id
 * is configured, so Azure's word is good; this holds a mistaken answer to places where API servers are.
 */
export function aksServerRefusal(allowed: Config['clusters'], server: string): string | undefined {
  const url = URL.canParse(server) ? new URL(server) : undefined;
  const plain = url?.protocol === 'https:' && `${url.username}${url.password}${url.search}${url.hash}` === '';
  if (!plain) return 'the server that Azure names is not a plain https address';
  const isAks = AKS_DOMAINS.some((domain) => url.hostname.endsWith(`.${domain}`));
  if (isAks || coversServer(allowed, server)) return undefined;
  return 'the server that Azure names is neither one of AKS nor covered by CLUSTER_HOSTS';
}
