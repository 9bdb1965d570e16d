import type { LocalReply } from '../network/https-server.ts';
import { Refused, versionOf } from './state.ts';
import type { SecretVersion, StoredSecret } from './state.ts';

const RETENTION_DAYS = 90;
const DAY_SECONDS = 24 * 60 * 60;
/** The service's page size, and the most it gives when asked for more. */
const PAGE = 25;

const identifier = (origin: string, secret: StoredSecret, version = '') =>
  `${origin}/secrets/${secret.name}${version && `/${version}`}`;

function attributes({ enabled, nbf, exp, created, updated }: SecretVersion) {
  const dates = { ...(nbf !== undefined && { nbf }), ...(exp !== undefined && { exp }) };
  return {
    enabled,
    ...dates,
    created,
    updated,
    recoveryLevel: 'Recoverable+Purgeable',
    recoverableDays: RETENTION_DAYS,
  };
}

function properties(version: SecretVersion) {
  const { contentType, managed, tags = {} } = version;
  return {
    ...(contentType !== undefined && { contentType }),
    attributes: attributes(version),
    tags,
    ...(managed && { managed }),
  };
}

/** One version without its value: the answer to a change of attributes. */
export function propertiesBundle(origin: string, secret: StoredSecret, version?: string) {
  const one = versionOf(secret, version);
  const kid = `${origin}/keys/${secret.name}/${one.version}`;
  return { id: identifier(origin, secret, one.version), ...properties(one), ...(one.managed && { kid }) };
}

export function secretBundle(origin: string, secret: StoredSecret, version?: string) {
  return { value: versionOf(secret, version).value, ...propertiesBundle(origin, secret, version) };
}

/** The public part alone, as https://learn.microsoft.com/rest/api/keyvault/certificates/get-certificate shows it. */
export function certificateBundle(origin: string, { name }: StoredSecret, version: SecretVersion) {
  const at = (kind: string): string => `${origin}/${kind}/${name}/${version.version}`;
  return {
    id: at('certificates'),
    kid: at('keys'),
    sid: at('secrets'),
    cer: version.certificate,
    attributes: attributes(version),
  };
}

/** An entry of the list of secrets: neither version nor value; attributes are those of the latest version. */
export const secretItem = (origin: string, secret: StoredSecret) => ({
  id: identifier(origin, secret),
  ...properties(versionOf(secret)),
});

export const versionItem = (origin: string, secret: StoredSecret, version: SecretVersion) => ({
  id: identifier(origin, secret, version.version),
  ...properties(version),
});

const deletion = (origin: string, { name, deleted = 0 }: StoredSecret) => ({
  recoveryId: `${origin}/deletedsecrets/${name}`,
  deletedDate: deleted,
  scheduledPurgeDate: deleted + RETENTION_DAYS * DAY_SECONDS,
});

export const deletedBundle = (origin: string, secret: StoredSecret) => ({
  ...deletion(origin, secret),
  ...propertiesBundle(origin, secret),
});

export const deletedItem = (origin: string, secret: StoredSecret) => ({
  ...deletion(origin, secret),
  ...secretItem(origin, secret),
});

export function errorReply({ status, code, message, inner }: Refused): LocalReply {
  return {
    status,
    body: { error: { code, message, ...(inner !== undefined && { innererror: { code: inner } }) } },
  };
}

function pageSize(query: URLSearchParams): number {
  const size = Number(query.get('maxresults') ?? PAGE);
  if (Number.isInteger(size) && size >= 1 && size <= PAGE) return size;
  throw new Refused(400, 'BadParameter', `Property maxresults has an invalid value; it is 1 to ${PAGE}`);
}

function readSkipToken(query: URLSearchParams): string {
  const token = query.get('$skiptoken');
  return token === null ? '' : Buffer.from(token, 'base64url').toString();
}

/**
 * One page of a list ordered by key. The token names the last key given, not a position, so that changes between two
 * pages neither repeat nor drop what was there all along.
 */
export function page<T, Item>(
  url: string,
  query: URLSearchParams,
  entries: [string, T][],
  toItem: (entry: T) => Item,
): { value: Item[]; nextLink?: string } {
  const after = readSkipToken(query);
  const size = pageSize(query);
  const rest = entries.filter(([key]) => key > after).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const shown = rest.slice(0, size);
  const value = shown.map(([, entry]) => toItem(entry));
  const last = shown.at(-1);
  if (rest.length <= size || !last) return { value };
  const next = new URLSearchParams({
    'api-version': query.get('api-version') ?? '',
    $skiptoken: Buffer.from(last[0]).toString('base64url'),
    maxresults: String(size),
  });
  return { value, nextLink: `${url}?${next.toString()}` };
}
