import type { Connect } from './connection.ts';

/** The ways to a cluster, by what its document says. */
export interface Ways {
  aks: Connect;
  entra: Connect;
  token: Connect;
  certificate: Connect;
}

export function createConnect(ways: Ways): Connect {
  return (cluster, signal, freshness) => {
    const { aks, credential } = cluster.spec;
    const wayOf = (): Connect => {
      if (aks !== undefined) return ways.aks;
      if (credential !== undefined && 'token' in credential) return ways.token;
      return credential !== undefined && 'clientCertificate' in credential ? ways.certificate : ways.entra;
    };
    return wayOf()(cluster, signal, freshness);
  };
}
