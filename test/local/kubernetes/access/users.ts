import type { LocalRequest } from '../../network/https-server.ts';
import { unauthorized } from '../wire/status.ts';

export interface User {
  name: string;
  groups: string[];
}

/** The user name that a bearer token stands for; undefined: none. */
export type Authenticate = (token: string) => Promise<string | undefined>;

/** RBAC never refuses this group. */
export const isMaster = ({ groups }: User): boolean => groups.includes('system:masters');

const AUTHENTICATED = 'system:authenticated';

/**
 * Client certificate first, then bearer token, as the API server tries them; nobody is let in unknown (the server
 * runs without anonymous access to resources, as AKS does). Throws a 401.
 */
export async function authenticated(
  { headers, clientCertificate }: LocalRequest,
  authenticate: Authenticate,
): Promise<User> {
  if (clientCertificate) {
    const { commonName, organization } = clientCertificate;
    const groups = organization === undefined ? [AUTHENTICATED] : [organization, AUTHENTICATED];
    return { name: commonName, groups };
  }
  const [, token] = /^Bearer (\S+)$/i.exec(headers.authorization ?? '') ?? [];
  const name = token === undefined ? undefined : await authenticate(token);
  if (name === undefined) throw unauthorized();
  return { name, groups: [AUTHENTICATED] };
}
