import { X509Certificate } from 'node:crypto';
import type { ClusterConnection } from '../connection.ts';

/** What a credential says of itself. Nothing is verified: it is for people, and the server has its own look. */
interface SaidOfItself {
  kind: string;
  /** ms since the epoch; undefined: it says nothing. */
  expires: number | undefined;
  /** What an API server may call whoever shows it. */
  names: readonly string[];
}

export async function readCredential(
  auth: ClusterConnection['auth'],
  signal: AbortSignal,
): Promise<SaidOfItself> {
  if ('bearer' in auth) return { kind: auth.source, ...readToken(await auth.bearer(signal)) };
  const { validToDate, subject } = new X509Certificate(auth.certificate);
  const [, name] = /^CN=(.+)$/m.exec(subject) ?? [];
  return {
    kind: 'client certificate',
    expires: validToDate.getTime(),
    names: [name].filter(isPlain),
  };
}

/** Claims that API servers take user names from, or are told to. */
const NAME_CLAIMS = ['oid', 'sub', 'upn', 'preferred_username', 'email', 'unique_name', 'appid', 'azp'];
const PREFIXES = ['', 'oidc:', 'entra:', 'aad:', 'azuread:'];

function readToken(token: string): Omit<SaidOfItself, 'kind'> {
  const claims = claimsOf(token);
  const { exp, iss } = claims;
  const said = NAME_CLAIMS.map((claim) => claims[claim]).filter(isPlain);
  // Without a prefix of its own, an OIDC issuer's user is ISSUER#SUBJECT to an API server.
  const prefixes = isPlain(iss) ? [...PREFIXES, `${iss}#`] : PREFIXES;
  const names = prefixes.flatMap((prefix) => said.map((name) => prefix + name));
  return { expires: typeof exp === 'number' ? exp * 1000 : undefined, names };
}

/** Of a JWT; none of anything else. */
function claimsOf(token: string): Readonly<Record<string, unknown>> {
  const [, payload = ''] = token.split('.');
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    return typeof claims === 'object' && claims !== null ? (claims as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** Shown to people: an issuer may put anything into a name. */
function isPlain(name: unknown): name is string {
  return typeof name === 'string' && /^[\x20-\x7E]{1,256}$/.test(name);
}
