import {
  AccountSASPermissions,
  AccountSASResourceTypes,
  AccountSASServices,
  generateAccountSASQueryParameters,
  StorageSharedKeyCredential,
} from '@azure/storage-queue';
import { request } from 'undici';
import { type LocalStorage, startAzurite } from '../../local/azurite/storage.ts';
import {
  type LocalReply,
  type LocalRequest,
  type LocalServer,
  startHttps,
} from '../../local/network/https-server.ts';
import type { Authority } from '../../local/network/authority.ts';
import type { TokenService } from '../../local/tokens/service.ts';
import type { Use } from './roles.ts';

/** Storage accounts as in Azure: HTTPS, names below one suffix, identities and roles; no key reaches them. */
export interface IdentityStorage {
  /** Of `environment().suffixes.storage`. */
  suffix: string;
  /** What was refused for want of a role. */
  refused: Use[];
  /** What was done. */
  allowed: Use[];
  /** Behind the front, for whoever looks on. */
  connectionString(account: string): string;
  /** From now on the roles count; until then nobody may do anything. */
  let(principalMay: (use: Use) => boolean): void;
  stop(): Promise<void>;
}

const AUDIENCES = ['https://storage.azure.com/', 'https://storage.azure.com'];
const KEY = Buffer.from('a key that nothing but this file knows').toString('base64');
const HOUR = 3_600_000;

/** A signature for everything in the account, in the place of the token. */
function signature(account: string): string {
  const options = {
    permissions: AccountSASPermissions.parse('rwdlacup'),
    resourceTypes: AccountSASResourceTypes.parse('sco').toString(),
    services: AccountSASServices.parse('qt').toString(),
    expiresOn: new Date(Date.now() + HOUR),
  };
  return generateAccountSASQueryParameters(options, new StorageSharedKeyCredential(account, KEY)).toString();
}

/** Queue or table; a batch of a table names it in its body. */
function nameIn({ path, body }: LocalRequest): string {
  const pattern =
    path === '/$batch' ? /^(?:POST|PUT|PATCH|MERGE|DELETE) https?:\/\/[^/]+\/(\w+)/m : /^\/([\w-]+)/;
  return pattern.exec(path === '/$batch' ? body : path)?.[1] ?? '';
}

function useOf(asked: LocalRequest): Use {
  const [account = '', service] = (asked.headers.host ?? '').split('.');
  const writes = asked.method !== 'GET' && asked.method !== 'HEAD';
  return { account, kind: service === 'queue' ? 'queue' : 'table', name: nameIn(asked), writes };
}

const denied = (): LocalReply => ({
  status: 403,
  headers: { 'content-type': 'application/json', 'x-ms-error-code': 'AuthorizationPermissionMismatch' },
  body: '{"odata.error":{"code":"AuthorizationPermissionMismatch","message":{"lang":"en-US","value":"no role"}}}',
});

const DROPPED = new Set([
  'host',
  'connection',
  'keep-alive',
  'transfer-encoding',
  'content-length',
  'authorization',
]);
const kept = (headers: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (DROPPED.has(name) ? [] : [[name, String(value)]])),
  );

async function forward(
  azurite: LocalStorage,
  { kind, account }: Use,
  asked: LocalRequest,
): Promise<LocalReply> {
  const port = kind === 'queue' ? azurite.queuePort : azurite.tablePort;
  const query = [asked.query.toString(), signature(account)].filter((part) => part !== '').join('&');
  const origin = `http://127.0.0.1:${port}/${account}`;
  // A batch names its tables by their whole address.
  const body = asked.body.replaceAll(`https://${asked.headers.host ?? ''}/`, `${origin}/`);
  const answer = await request(`${origin}${encodeURI(asked.path)}?${query}`, {
    method: asked.method as 'GET',
    headers: kept(asked.headers),
    ...(body !== '' && { body }),
  });
  return { status: answer.statusCode, headers: kept(answer.headers), body: await answer.body.text() };
}

/** Starts storage for these accounts. */
export async function startStorage(
  authority: Authority,
  tokens: TokenService,
  accounts: readonly string[],
): Promise<IdentityStorage> {
  const before = process.env['AZURITE_ACCOUNTS'];
  process.env['AZURITE_ACCOUNTS'] = accounts.map((name) => `${name}:${KEY}`).join(';');
  const azurite = await startAzurite();
  if (before === undefined) delete process.env['AZURITE_ACCOUNTS'];
  else process.env['AZURITE_ACCOUNTS'] = before;

  const [allowed, refused]: [Use[], Use[]] = [[], []];
  let may: (use: Use) => boolean = () => false;
  const handle = async (asked: LocalRequest): Promise<LocalReply> => {
    const token = (asked.headers.authorization ?? '').replace('Bearer ', '');
    if ((await tokens.verify(token, AUDIENCES)) === undefined) return { status: 401 };
    const use = useOf(asked);
    (may(use) ? allowed : refused).push(use);
    return may(use) ? forward(azurite, use, asked) : denied();
  };
  const names = accounts.flatMap((name) =>
    ['queue', 'table'].map((one) => `${name}.${one}.storage.localhost`),
  );
  const front: LocalServer = await startHttps({ ...(await authority.issue(names)), handle });
  return {
    suffix: `storage.localhost:${front.port}`,
    refused,
    allowed,
    connectionString: (account) =>
      [
        'DefaultEndpointsProtocol=http',
        `AccountName=${account}`,
        `AccountKey=${KEY}`,
        `TableEndpoint=http://127.0.0.1:${azurite.tablePort}/${account}`,
        `QueueEndpoint=http://127.0.0.1:${azurite.queuePort}/${account}`,
      ].join(';'),
    let: (principalMay) => void (may = principalMay),
    stop: async () => {
      await front.stop();
      await azurite.stop();
    },
  };
}
