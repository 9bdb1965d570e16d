import { AsyncLocalStorage } from 'node:async_hooks';
import type { SecretClient } from '@azure/keyvault-secrets';
import { VaultcastError } from '../../errors.ts';
import type { KeyVault } from '../../ports.ts';
import type { SourceProperties, SourceRead, VersionProperties } from '../../source/source.ts';
import { unlessAborted } from '../../time.ts';
import { createVaultClients } from './clients.ts';
import type { KeyVaultOptions } from './clients.ts';
import { describeAsked, keyVaultFailure } from './failure.ts';
import type { VaultAsked } from './failure.ts';
import type { VaultCall } from './policy.ts';
import { toProperties, toVersion, toVersionWithValue, unusable } from './answers.ts';

type Ask = <T>(
  asked: VaultAsked,
  timeoutMs: number,
  signal: AbortSignal,
  work: (client: SecretClient, call: VaultCall) => Promise<T>,
) => Promise<T | Gone>;

type Gone = Exclude<SourceRead, { state: 'readable' }>;

function checkNames({ name, version }: VaultAsked): void {
  const valid = /^[0-9a-z-]{1,127}$/.test(name ?? '-') && /^[0-9A-Za-z]{1,64}$/.test(version ?? '0');
  if (!valid) throw new VaultcastError('BAD_NAME', 'not a valid secret name and version');
}

const outOfTime = (asked: VaultAsked, caller: AbortSignal): VaultcastError => {
  const why = caller.aborted ? 'the time budget ended' : 'no complete answer in time';
  return new VaultcastError('VAULT_UNAVAILABLE', `${describeAsked(asked)}: ${why}`);
};

function createAsk(options: KeyVaultOptions): Ask {
  const calls = new AsyncLocalStorage<VaultCall>();
  const clientOf = createVaultClients(options, calls);
  return async (asked, timeoutMs, caller, work) => {
    const timeout = AbortSignal.timeout(timeoutMs);
    const signal = AbortSignal.any([caller, timeout]);
    const deadline = Date.now() + timeoutMs;
    const call: VaultCall = { signal, deadline, answeredAt: undefined, refused: undefined };
    try {
      checkNames(asked);
      const client = clientOf(asked.vault);
      const result = calls.run(call, () => work(client, call));
      return await unlessAborted(signal, result, () => outOfTime(asked, caller));
    } catch (error) {
      if (signal.aborted && !(error instanceof VaultcastError)) throw outOfTime(asked, caller);
      const failure = keyVaultFailure(error, asked, Date.now(), call.refused);
      if (failure instanceof VaultcastError) throw failure;
      return { state: failure };
    }
  };
}

/** Without a Date header our own clock must do: as it was before the request, which is the careful side. */
const clockOf = (call: VaultCall, started: number): number => call.answeredAt ?? Math.floor(started / 1000);

async function readOne(ask: Ask, asked: VaultAsked, timeoutMs: number, signal: AbortSignal) {
  const started = Date.now();
  return ask(asked, timeoutMs, signal, async (client, call) => {
    const { name = '', version } = asked;
    const secret = await client.getSecret(name, version === undefined ? {} : { version });
    return { state: 'readable' as const, version: toVersionWithValue(secret, asked, clockOf(call, started)) };
  });
}

/** What a list call cannot be: goneOf speaks of single reads of the latest version only. */
function listed<T extends object>(result: T | Gone, asked: VaultAsked): T {
  if ('state' in result) throw unusable(asked, 'the secret is gone');
  return result;
}

/** Key Vault through its SDK. What can go wrong, and who mends it: failure.ts. */
export function createKeyVault(options: KeyVaultOptions): KeyVault {
  const ask = createAsk(options);
  const { read: readMs, list: listMs } = options.timeouts ?? { read: 5000, list: 60_000 };
  return {
    read: ({ vault, name }, signal) => readOne(ask, { vault, name }, readMs, signal),
    readVersion: ({ vault, name }, version, signal) => readOne(ask, { vault, name, version }, readMs, signal),
    async versions({ vault, name }, signal) {
      const asked = { vault, name };
      const result = await ask(asked, listMs, signal, async (client) => {
        const found: VersionProperties[] = [];
        for await (const properties of client.listPropertiesOfSecretVersions(name))
          found.push(toVersion(properties, asked));
        return found.sort((a, b) => b.created - a.created);
      });
      const versions = listed(result, asked);
      // A deleted secret lists none: that is no proof of anything, the next read tells.
      if (versions.length === 0) throw unusable(asked, 'no versions');
      return versions;
    },
    async list(vault, signal) {
      const started = Date.now();
      const result = await ask({ vault }, listMs, signal, async (client, call) => {
        const secrets = new Map<string, SourceProperties>();
        for await (const found of client.listPropertiesOfSecrets()) {
          const properties = toProperties(found, { vault });
          secrets.set(properties.name, properties);
        }
        return { vault, secrets, readAt: clockOf(call, started) };
      });
      return listed(result, { vault });
    },
  };
}
