import type { Code } from '../../errors.ts';
import { VaultcastError } from '../../errors.ts';

/** Codes along an error's chain of causes: undici wraps the socket's error in a TypeError, Node several in one. */
function codesOf(error: unknown): string[] {
  const codes: string[] = [];
  let at: unknown = error;
  for (let depth = 0; depth < 5 && typeof at === 'object' && at !== null; depth += 1) {
    const { code, name, cause } = at as { code?: unknown; name?: unknown; cause?: unknown };
    for (const found of [code, name])
      if (typeof found === 'string' && /^[A-Za-z0-9_]{1,64}$/.test(found)) codes.push(found);
    at = cause;
  }
  return codes;
}

const NAMED: Readonly<Record<string, [Code, string]>> = {
  ECONNREFUSED: ['CLUSTER_UNREACHABLE', 'it refused the connection'],
  ENOTFOUND: ['CLUSTER_UNREACHABLE', 'its host name is not known'],
  EAI_AGAIN: ['CLUSTER_UNREACHABLE', 'its host name could not be looked up'],
  EHOSTUNREACH: ['CLUSTER_UNREACHABLE', 'there is no network route to it'],
  ENETUNREACH: ['CLUSTER_UNREACHABLE', 'there is no network route to it'],
  ECONNRESET: ['CLUSTER_UNREACHABLE', 'it closed the connection'],
  EPIPE: ['CLUSTER_UNREACHABLE', 'it closed the connection'],
  UND_ERR_SOCKET: ['CLUSTER_UNREACHABLE', 'it closed the connection'],
  UND_ERR_CONNECT_TIMEOUT: ['CLUSTER_TIMEOUT', 'no connection in time'],
  ETIMEDOUT: ['CLUSTER_TIMEOUT', 'no connection in time'],
  UND_ERR_HEADERS_TIMEOUT: ['CLUSTER_TIMEOUT', 'no answer in time'],
  UND_ERR_BODY_TIMEOUT: ['CLUSTER_TIMEOUT', 'no complete answer in time'],
  ERR_TLS_CERT_ALTNAME_INVALID: ['CLUSTER_TLS', 'its certificate is for another name'],
  CERT_HAS_EXPIRED: ['CLUSTER_TLS', 'its certificate has expired'],
  CERT_NOT_YET_VALID: ['CLUSTER_TLS', 'its certificate is not valid yet'],
  EPROTO: ['CLUSTER_TLS', 'the TLS handshake failed'],
};

/** OpenSSL's verification errors as Node names them (X509_V_ERR_ without the prefix), and its alerts. */
const VERIFY = /^(?:UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|CERT_|INVALID_(?:CA|PURPOSE)|HOSTNAME_MISMATCH)/;

function tellApart(codes: string[]): [Code, string] {
  for (const code of codes) {
    const known = Object.hasOwn(NAMED, code) ? NAMED[code] : undefined;
    if (known) return known;
    if (VERIFY.test(code))
      return ['CLUSTER_TLS', `its certificate is not from the registered authority (${code})`];
    if (/^ERR_(?:SSL|TLS)_/.test(code)) return ['CLUSTER_TLS', `the TLS handshake failed (${code})`];
  }
  return ['CLUSTER_FAILED', `the request failed (${codes[0] ?? 'unknown error'})`];
}

/** The name resolves nowhere: the server is gone or has another name. */
export function isUnknownHost(error: unknown): boolean {
  return codesOf(error).includes('ENOTFOUND');
}

/** A request that got no usable answer: the connection's own failure, in words and code. */
export function networkFailure(error: unknown, what: string): VaultcastError {
  if (error instanceof VaultcastError) return error;
  const [code, why] = tellApart(codesOf(error));
  return new VaultcastError(code, `${what}: ${why}`);
}
