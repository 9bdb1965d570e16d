import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose';
import type { JWK } from 'jose';
import { startHttps } from '../network/https-server.ts';
import type { LocalReply } from '../network/https-server.ts';
import type { Authority } from '../network/authority.ts';

interface IssueOptions {
  /** Object id of the principal; default: the managed identity. */
  oid?: string;
  /** Seconds; default an hour. Negative: expired already. */
  expiresIn?: number;
}

interface TokenRequest {
  /** Milliseconds of Date.now. */
  at: number;
  resource: string;
  clientId?: string;
}

/** A directory in small: an OIDC issuer, and the managed identity endpoint that an App Service app is given. */
export interface TokenService {
  /** `https://issuer.localhost:PORT`: serves /.well-known/openid-configuration and the keys. */
  issuerUrl: string;
  /** For the environment variable IDENTITY_ENDPOINT. */
  identityEndpoint: string;
  /** For the environment variable IDENTITY_HEADER. */
  identityHeader: string;
  /** What the managed identity endpoint was asked and granted. */
  requests: TokenRequest[];
  /** The managed identity's `oid` claim. */
  objectId: string;
  issue(audience: string, options?: IssueOptions): Promise<string>;
  /** Undefined when signature, issuer, audience or expiry is wrong. */
  verify(token: string, audiences: string[]): Promise<{ oid: string } | undefined>;
  stop(): Promise<void>;
}

const KEY_ID = 'local';
const HOUR = 3600;
const nowSeconds = () => Math.floor(Date.now() / 1000);

type SigningKeys = Awaited<ReturnType<typeof generateKeyPair>>;

let keysOfProcess: Promise<SigningKeys> | undefined;

/** As Entra's. Made once a process, for that takes a tenth of a second: issuers differ by their URL. */
const signingKeys = (): Promise<SigningKeys> => (keysOfProcess ??= generateKeyPair('RS256'));

function discovery(issuerUrl: string, path: string, jwk: JWK): LocalReply {
  if (path === '/keys') return { status: 200, body: { keys: [jwk] } };
  if (path !== '/.well-known/openid-configuration') return { status: 404 };
  const body = {
    issuer: issuerUrl,
    // By address: a real API server resolves names under .localhost only where the machine's resolver does.
    jwks_uri: `https://127.0.0.1:${new URL(issuerUrl).port}/keys`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
  };
  return { status: 200, body };
}

async function startIssuer(authority: Authority, keys: SigningKeys) {
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: KEY_ID, alg: 'RS256', use: 'sig' };
  const server = await startHttps({
    ...(await authority.issue(['issuer.localhost', '127.0.0.1'])),
    handle: ({ path }) => discovery(issuerUrl, path, jwk),
  });
  const issuerUrl = `https://issuer.localhost:${server.port}`;
  return { issuerUrl, server };
}

const refusal = (status: number, message: string): LocalReply => ({
  status,
  body: { statusCode: status, message },
});

interface Grant {
  header: string;
  issue: (resource: string) => Promise<string>;
  requests: TokenRequest[];
}

/** App Service's protocol, api-version 2019-08-01: `expires_on` is a string of Unix seconds. */
async function grant({ header, issue, requests }: Grant, message: IncomingMessage): Promise<LocalReply> {
  const url = new URL(message.url ?? '/', 'http://127.0.0.1');
  const resource = url.searchParams.get('resource');
  const clientId = url.searchParams.get('client_id') ?? undefined;
  if (message.headers['x-identity-header'] !== header) return refusal(401, 'X-IDENTITY-HEADER is wrong');
  const known = url.pathname === '/msi/token' && url.searchParams.get('api-version') === '2019-08-01';
  if (!known || !resource) return refusal(400, 'resource or api-version is missing or unknown');
  requests.push({ at: Date.now(), resource, ...(clientId === undefined ? {} : { clientId }) });
  const body = {
    access_token: await issue(resource),
    expires_on: String(nowSeconds() + HOUR),
    resource,
    token_type: 'Bearer',
    client_id: clientId ?? '00000000-0000-0000-0000-000000000000',
  };
  return { status: 200, body };
}

async function startIdentityEndpoint(options: Grant) {
  const answer = async (message: IncomingMessage, response: ServerResponse) => {
    const { status, body } = await grant(options, message);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  };
  const server = createServer((message, response) => {
    answer(message, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as AddressInfo;
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { identityEndpoint: `http://127.0.0.1:${port}/msi/token`, stop };
}

/** Claims as Entra gives them to a managed identity, as far as anything here reads them. */
function signToken(
  issuerUrl: string,
  keys: SigningKeys,
  audience: string,
  oid: string,
  expiresIn: number,
): Promise<string> {
  return new SignJWT({ oid, tid: 'local', idtyp: 'app', ver: '1.0' })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: KEY_ID })
    .setIssuer(issuerUrl)
    .setSubject(oid)
    .setAudience(audience)
    .setIssuedAt()
    .setExpirationTime(nowSeconds() + expiresIn)
    .sign(keys.privateKey);
}

export async function startTokens(authority: Authority): Promise<TokenService> {
  const keys = await signingKeys();
  const { issuerUrl, server } = await startIssuer(authority, keys);
  const objectId = randomUUID();
  const identityHeader = randomUUID();
  const requests: TokenRequest[] = [];
  const issue = (audience: string, { oid = objectId, expiresIn = HOUR }: IssueOptions = {}) =>
    signToken(issuerUrl, keys, audience, oid, expiresIn);
  const identity = await startIdentityEndpoint({ header: identityHeader, issue, requests });
  return {
    issuerUrl,
    identityEndpoint: identity.identityEndpoint,
    identityHeader,
    requests,
    objectId,
    issue,
    verify: (token, audience) =>
      jwtVerify(token, keys.publicKey, { issuer: issuerUrl, audience, algorithms: ['RS256'] }).then(
        ({ payload }) => ({ oid: String(payload['oid']) }),
        () => undefined,
      ),
    stop: async () => {
      await Promise.all([server.stop(), identity.stop()]);
    },
  };
}
