// A vault of very many secrets, few of which anybody wants: lists are cut beforehand, and each page takes as long as
// Azure's. Other than in the stand-in of all vaults, nothing in it changes.
import { setTimeout as sleep } from 'node:timers/promises';
import { startHttps, type LocalReply, type LocalRequest } from '../../local/network/https-server.ts';
import { authenticate } from '../../local/key-vault/access.ts';
import { VAULT_RESOURCE } from '../../local/key-vault/vaults.ts';
import type { StoredSecret } from '../../local/key-vault/state.ts';
import { secretBundle, secretItem } from '../../local/key-vault/wire.ts';
import { AUDIENCE } from '../../local/stack/sites.ts';
import { createAuthority } from '../../local/network/authority.ts';
import { startTokens } from '../../local/tokens/service.ts';
import { offer } from '../world/remote.ts';
import type { VaultApi } from './vault.ts';

/** 10.4 s for a listing of 10,000 secrets. */
const PAGE_MS = 26;
const PAGE = 25;
const AGE_SECONDS = 24 * 3600;

const authority = await createAuthority();
const tokens = await startTokens(authority);
const issued = await authority.issue(['*.vault.localhost']);
const secrets = new Map<string, StoredSecret>();
let sorted: StoredSecret[] = [];
let asked = { pages: 0, values: 0, firstAt: 0 };

function page(origin: string, at: number): LocalReply {
  const more = at + PAGE < sorted.length;
  const nextLink = `${origin}/secrets?api-version=2025-07-01&$skiptoken=${at + PAGE}`;
  const value = sorted.slice(at, at + PAGE).map((secret) => secretItem(origin, secret));
  return { status: 200, body: { value, nextLink: more ? nextLink : null } };
}

async function handle(request: LocalRequest): Promise<LocalReply> {
  const { challenge } = await authenticate(tokens, VAULT_RESOURCE, request);
  if (challenge) return challenge;
  const origin = `https://${request.headers.host}`;
  const headers = { date: new Date().toUTCString() };
  asked.firstAt ||= Date.now();
  const name = /^\/secrets\/([^/]+)/.exec(request.path)?.[1];
  if (name === undefined) {
    asked.pages += 1;
    await sleep(PAGE_MS);
    return { ...page(origin, Number(request.query.get('$skiptoken') ?? 0)), headers };
  }
  asked.values += 1;
  const secret = secrets.get(name);
  return secret ? { status: 200, body: secretBundle(origin, secret), headers } : { status: 404, headers };
}

const server = await startHttps({ ...issued, handle });

function stored(name: string, value: string): StoredSecret {
  const created = Math.floor(Date.now() / 1000) - AGE_SECONDS;
  return { name, versions: [{ version: '0'.repeat(32), value, enabled: true, created, updated: created }] };
}

const api: VaultApi = {
  trust: async () => ({
    caPem: authority.caPem,
    vaultUrl: `https://team.vault.localhost:${server.port}`,
    vaultToken: await tokens.issue(VAULT_RESOURCE),
    clusterToken: await tokens.issue(AUDIENCE),
    identityEndpoint: tokens.identityEndpoint,
    identityHeader: tokens.identityHeader,
    objectId: tokens.objectId,
  }),
  seed(values) {
    for (const [name, value] of Object.entries(values)) secrets.set(name, stored(name, value));
    sorted = [...secrets.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  },
  rotate() {
    throw new Error('nothing changes in this vault');
  },
  counted() {
    const counted = asked;
    asked = { pages: 0, values: 0, firstAt: 0 };
    return counted;
  },
};

offer(api);
