import { stringify } from 'yaml';
import type { Authority } from '../network/authority.ts';
import type { TokenService } from '../tokens/service.ts';

/** What an API server must trust: the authority for its own certificate, the issuer for those who come with a token. */
export interface Trust {
  authority: Authority;
  tokens: TokenService;
  /** Of the tokens for clusters. */
  audience: string;
}

/** Where a cluster's API server is. */
export interface ClusterSite {
  name: string;
  /** `https://NAME.k8s.localhost:PORT` */
  url: string;
  caPem: string;
}

/** Of the app's managed identity. */
export const CLIENT_ID = '11111111-2222-3333-4444-555555555555';
export const AUDIENCE = 'api://5d1f2a9c-0c2b-4d57-9f7e-3a6b8c9d0e1f';
export const CLUSTER_SCOPE = `${AUDIENCE}/.default`;

/** The Cluster document of a site, as a platform engineer would write it. */
export function clusterYaml({ name, url, caPem }: ClusterSite, labels: Record<string, string> = {}): string {
  return stringify({
    apiVersion: 'vaultcast.dev/v1',
    kind: 'Cluster',
    metadata: { name, labels },
    spec: {
      server: url,
      certificateAuthorityData: Buffer.from(caPem).toString('base64'),
      credential: { entra: { scope: CLUSTER_SCOPE } },
    },
  });
}
