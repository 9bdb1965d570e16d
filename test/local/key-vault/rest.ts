import type { LocalReply, LocalRequest } from '../network/https-server.ts';
import { deleted, deleteSecret, live, purgeSecret, recoverSecret, Refused } from './state.ts';
import { setSecret, updateSecret, versionOf } from './state.ts';
import type { Attributes, SecretVersion, VaultState } from './state.ts';
import { certificateBundle, deletedBundle, deletedItem, page, propertiesBundle } from './wire.ts';
import { secretBundle, secretItem, versionItem } from './wire.ts';

/** What one request sees of a vault. */
export interface VaultSession {
  /** `https://NAME.vault.localhost:PORT` */
  origin: string;
  /** What the answering replica knows. */
  read: () => VaultState;
  /** What the primary knows; throws while only a read-only replica answers. */
  primary: () => VaultState;
  commit: (state: VaultState) => void;
  /** Unix seconds. */
  now: number;
}

interface Call extends VaultSession {
  name: string;
  /** Empty means the latest. */
  version: string;
  query: URLSearchParams;
  body: string;
}

const MAX_VALUE_BYTES = 25 * 1024;
const ok = (body: unknown): LocalReply => ({ status: 200, body });

interface SecretParameters {
  value?: unknown;
  contentType?: string;
  tags?: Record<string, string>;
  attributes?: { enabled?: boolean; nbf?: number; exp?: number };
}

function parseParameters(body: string): SecretParameters {
  try {
    return JSON.parse(body) as SecretParameters;
  } catch {
    throw new Refused(400, 'BadParameter', 'The request body is no JSON');
  }
}

const toAttributes = ({ contentType, tags, attributes }: SecretParameters): Attributes => ({
  ...(contentType !== undefined && { contentType }),
  ...(tags !== undefined && { tags }),
  ...attributes,
});

function get({ origin, read, name, version }: Call): LocalReply {
  const secret = live(read(), name);
  if (versionOf(secret, version).enabled) return ok(secretBundle(origin, secret, version));
  throw new Refused(403, 'Forbidden', 'Operation get is not allowed on a disabled secret.', 'SecretDisabled');
}

/** The service keeps a certificate beside the secret of its name, under the same version. */
function getCertificate({ origin, read, name, version }: Call): LocalReply {
  const secret = read().get(name.toLowerCase());
  const found =
    secret?.deleted === undefined ? secret?.versions.find((one) => one.version === version) : undefined;
  if (secret !== undefined && found?.certificate !== undefined)
    return ok(certificateBundle(origin, secret, found));
  throw new Refused(
    404,
    'CertificateNotFound',
    `A certificate with (name/id) ${name}/${version} was not found`,
  );
}

function set({ origin, primary, commit, name, body, now }: Call): LocalReply {
  const parameters = parseParameters(body);
  const { value } = parameters;
  if (typeof value !== 'string') throw new Refused(400, 'BadParameter', 'Property value is missing');
  if (Buffer.byteLength(value) > MAX_VALUE_BYTES)
    throw new Refused(400, 'BadParameter', 'Property value is larger than 25 kB');
  const { state } = setSecret(primary(), name, value, { ...toAttributes(parameters), now });
  commit(state);
  return ok(secretBundle(origin, live(state, name)));
}

function update({ origin, primary, commit, name, version, body, now }: Call): LocalReply {
  const changes = { ...toAttributes(parseParameters(body)), now };
  const state = updateSecret(primary(), name, version || undefined, changes);
  commit(state);
  return ok(propertiesBundle(origin, live(state, name), version));
}

function remove({ origin, primary, commit, name, now }: Call): LocalReply {
  const state = deleteSecret(primary(), name, now);
  commit(state);
  return ok(deletedBundle(origin, deleted(state, name)));
}

function recover({ origin, primary, commit, name }: Call): LocalReply {
  const state = recoverSecret(primary(), name);
  commit(state);
  return ok(propertiesBundle(origin, live(state, name)));
}

function purge({ primary, commit, name }: Call): LocalReply {
  commit(purgeSecret(primary(), name));
  return { status: 204 };
}

function list({ origin, read, query }: Call): LocalReply {
  const secrets = [...read()].filter(([, secret]) => secret.deleted === undefined);
  return ok(page(`${origin}/secrets`, query, secrets, (secret) => secretItem(origin, secret)));
}

/** Ordered by version id, that is at random: the service promises no order in time. */
function listVersions({ origin, read, name, query }: Call): LocalReply {
  const secret = live(read(), name);
  const versions = secret.versions.map((one): [string, SecretVersion] => [one.version, one]);
  const url = `${origin}/secrets/${secret.name}/versions`;
  return ok(page(url, query, versions, (one) => versionItem(origin, secret, one)));
}

function listDeleted({ origin, read, query }: Call): LocalReply {
  const secrets = [...read()].filter(([, secret]) => secret.deleted !== undefined);
  return ok(page(`${origin}/deletedsecrets`, query, secrets, (secret) => deletedItem(origin, secret)));
}

const getDeleted = ({ origin, read, name }: Call): LocalReply =>
  ok(deletedBundle(origin, deleted(read(), name)));

interface Operation {
  method: string;
  path: RegExp;
  run: (call: Call) => LocalReply;
}

const OPERATIONS: Operation[] = [
  { method: 'GET', path: /^\/secrets\/?$/, run: list },
  { method: 'GET', path: /^\/secrets\/(?<name>[^/]+)\/versions$/, run: listVersions },
  { method: 'GET', path: /^\/secrets\/(?<name>[^/]+)(?:\/(?<version>[^/]*))?$/, run: get },
  { method: 'GET', path: /^\/certificates\/(?<name>[^/]+)\/(?<version>[^/]+)$/, run: getCertificate },
  { method: 'PUT', path: /^\/secrets\/(?<name>[^/]+)$/, run: set },
  { method: 'PATCH', path: /^\/secrets\/(?<name>[^/]+)(?:\/(?<version>[^/]*))?$/, run: update },
  { method: 'DELETE', path: /^\/secrets\/(?<name>[^/]+)$/, run: remove },
  { method: 'GET', path: /^\/deletedsecrets\/?$/, run: listDeleted },
  { method: 'GET', path: /^\/deletedsecrets\/(?<name>[^/]+)$/, run: getDeleted },
  { method: 'POST', path: /^\/deletedsecrets\/(?<name>[^/]+)\/recover$/, run: recover },
  { method: 'DELETE', path: /^\/deletedsecrets\/(?<name>[^/]+)$/, run: purge },
];

/** The secret that a path is about; empty for a list. */
export const nameIn = (path: string): string =>
  /^\/(?:certificates|(?:deleted)?secrets)\/([^/]+)/.exec(path)?.[1] ?? '';

/** Performs one authorized request; throws {@link Refused}. */
export function perform(session: VaultSession, { method, path, query, body }: LocalRequest): LocalReply {
  if (!query.has('api-version')) throw new Refused(400, 'BadParameter', 'api-version must be specified');
  for (const operation of OPERATIONS) {
    const match = operation.method === method ? operation.path.exec(path) : null;
    if (match) {
      const { name = '', version = '' } = match.groups ?? {};
      if (name && !/^[0-9A-Za-z-]{1,127}$/.test(name))
        throw new Refused(400, 'BadParameter', `The request URI contains an invalid name: ${name}`);
      return operation.run({ ...session, name, version, query, body });
    }
  }
  throw new Refused(404, 'NotFound', `${method} ${path} is no operation of this stand-in`);
}
