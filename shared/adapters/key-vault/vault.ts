import { AsyncLocalStorage } from 'node:async_hooks';
import type { TokenCredential } from '@azure/identity';
import type { CertificateClient } from '@azure/keyvault-certificates';
import type { SecretClient } from '@azure/keyvault-secrets';
import { VaultcastError } from '../../errors.ts';
import type { Ports } from '../../ports.ts';
import type { SourceProperties, SourceRead, VersionProperties } from '../../source/source.ts';
import { unlessAborted } from '../../time.ts';
import { createAzureHttp } from '../azure-http.ts';
import { createVaultClients } from './clients.ts';
import { describeAsked, keyVaultFailure } from './failure.ts';
import type { VaultCall } from './policy.ts';
import { toCertificate, toProperties, toVersion, toVersionWithValue, unusable } from './answers.ts';

interface KeyVaultOptions {
  /** Alias -> URL, from configuration. */
  vaults: ReadonlyMap<string, string>;
  credential: TokenCredential;
  /** Authorities to trust instead of Node's, PEM: for tests against a server of their own. */
  ca?: string;
  /** For one answer, a page of a list or a read; further attempts begin within it, too. Default 5 s. */
  timeoutMs?: number;
  /** Told of a listing that took long: when, and how many secrets there were. */
  slow?: (listing: { vault: string; secrets: number; durationMs: number }) => void;
}

const TIMEOUT_MS = 5000;
/** A page holds 25 secrets' properties, of which tags may take 15 KiB each; a value takes 25 KiB. */
const ANSWER = { bytes: 2 * 1024 * 1024, values: 20_000 };

interface Clients {
  secrets: SecretClient;
  certificates: () => Promise<CertificateClient>;
}

type Asked = VaultCall['asked'];
type Ask = <T>(
  asked: Asked,
  signal: AbortSignal,
  work: (clients: Clients, call: VaultCall) => Promise<T>,
) => Promise<T | Gone>;

type Gone = Exclude<SourceRead, { state: 'readable' }>;

function checkNames({ name, version }: Asked): void {
  const valid = /^[0-9a-z-]{1,127}$/.test(name ?? '-') && /^[0-9A-Za-z]{1,64}$/.test(version ?? '0');
  if (!valid) throw new VaultcastError('BAD_NAME', 'not a valid secret name and version');
}

/** Whoever asked waits no longer, which is the vault's fault only once it was asked. */
function outOfTime({ asked, awaitsToken }: VaultCall): VaultcastError {
  return awaitsToken
    ? new VaultcastError('TOKEN_UNAVAILABLE', `${describeAsked(asked)}: no token for it in time`)
    : new VaultcastError('VAULT_UNAVAILABLE', `${describeAsked(asked)}: the time budget ended`);
}

function createAsk({ vaults, credential, ca, timeoutMs = TIMEOUT_MS }: KeyVaultOptions): Ask {
  const calls = new AsyncLocalStorage<VaultCall>();
  const http = createAzureHttp({ timeoutMs, ...ANSWER, ca });
  const clientsOf = createVaultClients(vaults, credential, http, calls);
  return async (asked, signal, work) => {
    const call = newCall(asked, signal, timeoutMs);
    try {
      checkNames(asked);
      const clients = clientsOf(asked.vault);
      const result = calls.run(call, () => work(clients, call));
      return await unlessAborted(signal, result, () => outOfTime(call));
    } catch (error) {
      if (signal.aborted && !(error instanceof VaultcastError)) throw outOfTime(call);
      const failure = keyVaultFailure(error, call, Date.now());
      if (failure instanceof VaultcastError) throw failure;
      return { state: failure };
    }
  };
}

const newCall = (asked: Asked, signal: AbortSignal, timeoutMs: number): VaultCall => ({
  asked,
  signal,
  deadline: Date.now() + timeoutMs,
  awaitsToken: false,
  answeredAt: undefined,
  refused: undefined,
});

/** Without a Date header our own clock must do: as it was before the request, which is the careful side. */
const clockOf = (call: VaultCall, started: number): number => call.answeredAt ?? Math.floor(started / 1000);

async function readOne(ask: Ask, asked: Asked, signal: AbortSignal) {
  const started = Date.now();
  return ask(asked, signal, async ({ secrets }, call) => {
    const { name = '', version } = asked;
    const secret = await secrets.getSecret(name, version === undefined ? {} : { version });
    return { state: 'readable' as const, version: toVersionWithValue(secret, call, clockOf(call, started)) };
  });
}

async function readCertificate(ask: Ask, asked: Asked, signal: AbortSignal) {
  const { name = '', version = '' } = asked;
  const found = await ask(asked, signal, async ({ certificates }, call) => {
    const client = await certificates();
    return toCertificate(await client.getCertificateVersion(name, version), call);
  });
  return 'state' in found ? undefined : found;
}

/** What a list call cannot be: goneOf speaks of single reads of the latest version only. */
function listed<T extends object>(result: T | Gone, asked: Asked): T {
  if ('state' in result) throw unusable({ asked }, 'the secret is gone');
  return result;
}

/** 25 secrets each: a quarter of a million, far beyond what a vault can be used with. */
const MAX_PAGES = 10_000;

/** Each page has its own time: a vault of 60,000 secrets takes a minute, and hangs no longer than one of ten. */
async function eachPage<T>(
  pages: AsyncIterable<T[]>,
  call: VaultCall,
  timeoutMs: number,
  take: (item: T) => void,
): Promise<void> {
  let seen = 0;
  for await (const page of pages) {
    call.deadline = Date.now() + timeoutMs;
    for (const item of page) take(item);
    seen += 1;
    if (seen === MAX_PAGES) throw unusable(call, `a list without an end after ${MAX_PAGES} pages`);
  }
}

async function listVersions(
  ask: Ask,
  asked: { vault: string; name: string },
  { signal, timeoutMs }: { signal: AbortSignal; timeoutMs: number },
): Promise<VersionProperties[]> {
  const result = await ask(asked, signal, async ({ secrets }, call) => {
    const found: VersionProperties[] = [];
    const pages = secrets.listPropertiesOfSecretVersions(asked.name).byPage();
    await eachPage(pages, call, timeoutMs, (one) => found.push(toVersion(one, call)));
    return found.sort((a, b) => b.created - a.created);
  });
  const versions = listed(result, asked);
  // A deleted secret lists none: that is no proof of anything, the next read tells.
  if (versions.length === 0) throw unusable({ asked }, 'no versions');
  return versions;
}

/** Of a listing: whoever waits for it is told why. */
const SLOW_MS = 30_000;

/** Key Vault through its SDK. What can go wrong, and who mends it: failure.ts. */
export function createKeyVault(options: KeyVaultOptions): Ports['vault'] {
  const ask = createAsk(options);
  const { timeoutMs = TIMEOUT_MS, slow } = options;
  return {
    read: ({ vault, name }, signal) => readOne(ask, { vault, name }, signal),
    readVersion: ({ vault, name }, version, signal) => readOne(ask, { vault, name, version }, signal),
    certificate: ({ vault, name }, version, signal) =>
      readCertificate(ask, { vault, name, version, kind: 'certificate' }, signal),
    versions: ({ vault, name }, signal) => listVersions(ask, { vault, name }, { signal, timeoutMs }),
    async list(vault, signal) {
      const started = Date.now();
      const asked = { vault };
      const result = await ask(asked, signal, async (clients, call) => {
        const secrets = new Map<string, SourceProperties>();
        const pages = clients.secrets.listPropertiesOfSecrets().byPage();
        await eachPage(pages, call, timeoutMs, (one) => {
          const properties = toProperties(one, call);
          secrets.set(properties.name, properties);
        });
        return { vault, secrets, readAt: clockOf(call, started) };
      });
      const listing = listed(result, asked);
      const durationMs = Date.now() - started;
      if (durationMs >= SLOW_MS) slow?.({ vault, secrets: listing.secrets.size, durationMs });
      return listing;
    },
  };
}
