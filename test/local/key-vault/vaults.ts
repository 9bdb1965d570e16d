import { startHttps } from '../network/https-server.ts';
import type { LocalReply, LocalRequest, LocalServer } from '../network/https-server.ts';
import { authenticate, forbidden } from './access.ts';
import type { ForbidKind } from './access.ts';
import { buildEvent } from './events.ts';
import type { EventOptions } from './events.ts';
import { nameIn, perform } from './rest.ts';
import { createPeople } from './people.ts';
import type { People } from './people.ts';
import { notFound, Refused, versionOf } from './state.ts';
import { createReplica } from './replica.ts';
import type { Replica } from './replica.ts';
import { errorReply } from './wire.ts';
import type { Authority } from '../network/authority.ts';
import type { TokenService } from '../tokens/service.ts';

const DOMAIN = 'vault.localhost';
/** What the challenge names, and what a token must be for. */
export const VAULT_RESOURCE = `https://${DOMAIN}`;

export interface KeyVaultOptions {
  authority: Authority;
  tokens: TokenService;
  /** Names of vaults; each is served as `https://NAME.vault.localhost:PORT`. */
  vaults: string[];
  /** The service's clock, milliseconds; default Date.now. */
  now?: () => number;
  /** Reads over HTTP see what was true that long ago; default 0. */
  replicaLagMs?: number;
}

/** Many vaults behind one HTTPS server. */
export interface KeyVaultStandIn extends People {
  server: LocalServer;
  url(vault: string): string;
  /** Answers 403 for the vault, or for one secret of it. Returns the function that ends it. */
  forbid(vault: string, kind: ForbidKind, name?: string): () => void;
  /** On: a read-only replica answers, frozen at this moment. Off: the primary answers again. */
  serveStale(vault: string, on: boolean): void;
  /** The event that Event Grid would send, not yet in the array of a delivery. */
  eventFor(vault: string, name: string, options: EventOptions): Record<string, unknown>;
  stop(): Promise<void>;
}

interface Vault {
  name: string;
  replica: Replica;
  forbidden: Set<{ kind: ForbidKind; name?: string }>;
}

function createVaults(options: Required<KeyVaultOptions>): Map<string, Vault> {
  const { vaults, now, replicaLagMs } = options;
  return new Map(
    vaults.map((name) => [
      name.toLowerCase(),
      { name, replica: createReplica(now, replicaLagMs), forbidden: new Set() },
    ]),
  );
}

const refusedOr = (run: () => LocalReply): LocalReply => {
  try {
    return run();
  } catch (error) {
    if (error instanceof Refused) return errorReply(error);
    throw error;
  }
};

async function answer(vaults: Map<string, Vault>, options: Required<KeyVaultOptions>, request: LocalRequest) {
  const host = request.headers.host ?? '';
  const vault = vaults.get((host.split('.')[0] ?? '').toLowerCase());
  // In Azure the name of a vault that does not exist does not resolve.
  if (!vault) return { status: 404, body: `no vault at ${host}` };
  const { user, challenge } = await authenticate(options.tokens, VAULT_RESOURCE, request);
  if (challenge) return challenge;
  const session = { origin: `https://${host}`, ...vault.replica, now: Math.floor(options.now() / 1000) };
  const reply = refusedOr(() => {
    const kind = request.path.startsWith('/certificates/') ? 'certificates' : 'secrets';
    const refusal = forbidden(vault, { kind, name: nameIn(request.path), method: request.method, user });
    if (refusal) throw refusal;
    return perform(session, request);
  });
  return { ...reply, user };
}

/** Key Vault's clock is visible in every answer; callers rely on it instead of their own. */
async function handle(vaults: Map<string, Vault>, options: Required<KeyVaultOptions>, request: LocalRequest) {
  const reply: LocalReply = await answer(vaults, options, request);
  const headers = { date: new Date(options.now()).toUTCString(), 'cache-control': 'no-cache' };
  return { ...reply, headers: { ...headers, ...reply.headers } };
}

function forbidIn({ forbidden: rules }: Vault, kind: ForbidKind, name?: string): () => void {
  const rule = { kind, ...(name !== undefined && { name: name.toLowerCase() }) };
  rules.add(rule);
  return () => void rules.delete(rule);
}

export async function startKeyVault(given: KeyVaultOptions): Promise<KeyVaultStandIn> {
  const options = { now: () => Date.now(), replicaLagMs: 0, ...given };
  const vaults = createVaults(options);
  const vault = (name: string): Vault => {
    const found = vaults.get(name.toLowerCase());
    if (!found) throw new Error(`no vault ${name}`);
    return found;
  };
  const issued = await options.authority.issue([`*.${DOMAIN}`]);
  const server = await startHttps({ ...issued, handle: (request) => handle(vaults, options, request) });
  const url = (name: string) => `https://${vault(name).name}.${DOMAIN}:${server.port}`;
  const people = createPeople((name) => vault(name).replica, options.now);
  return {
    ...people,
    server,
    url,
    forbid: (of, kind, name) => forbidIn(vault(of), kind, name),
    serveStale: (of, on) => vault(of).replica.freeze(on),
    eventFor(of, name, event) {
      const secret = people.find(of, name);
      if (!secret) throw notFound(name);
      const version = versionOf(secret, event.version);
      const place = { vaultUrl: url(of), vaultName: vault(of).name, name: secret.name };
      return buildEvent({ ...place, version, now: options.now() }, event);
    },
    stop: () => server.stop(),
  };
}
