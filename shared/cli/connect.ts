import type { Command } from 'commander';
import { readTables } from '../config/storage.ts';
import type { StorageSetting } from '../config/storage.ts';
import type { Status } from '../ports.ts';
import type { RegistryAdmin } from '../registry/admin.ts';
import { CliError } from './failure.ts';
import type { Io } from './io.ts';
import { EXIT } from './io.ts';
import { asPerson } from './sign-in.ts';

export interface ConnectOptions {
  registry?: string;
  registryAccount?: string;
}

/** Opens the registry; tests bring one of their own. */
export type OpenRegistry = (options: ConnectOptions, io: Io) => Promise<RegistryAdmin>;

/** What commands read of the status tables; only the app writes them. */
export type StatusReader = Pick<Status, 'targets' | 'runs' | 'backOffs'>;
export type OpenStatus = (options: ConnectOptions, io: Io) => Promise<StatusReader>;

const ADVICE =
  'Give --registry URL or --registry-account NAME, or set REGISTRY__tableServiceUri (or REGISTRY, a connection string).';

export function withRegistry(command: Command): Command {
  return command
    .option('--registry <url>', 'table service of the registry: a URL or a connection string')
    .option('--registry-account <name>', 'the same by the name of the storage account (public cloud)');
}

const usage = (message: string): CliError => new CliError(message, ADVICE, EXIT.usage);

const FLAG = '--registry';

/** The flags as the settings they stand for, so that both are judged alike. */
function flagSettings({ registry, registryAccount }: ConnectOptions): Io['env'] | undefined {
  if (registry !== undefined && registryAccount !== undefined)
    throw usage('--registry and --registry-account exclude each other');
  if (registryAccount !== undefined) {
    // https://learn.microsoft.com/azure/storage/common/storage-account-overview#storage-account-name
    if (!/^[a-z0-9]{3,24}$/.test(registryAccount))
      throw usage('--registry-account must be 3 to 24 of a-z and 0-9');
    return { [`${FLAG}__tableServiceUri`]: `https://${registryAccount}.table.core.windows.net` };
  }
  if (registry === undefined) return undefined;
  return { [/^https?:/i.test(registry) ? `${FLAG}__tableServiceUri` : FLAG]: registry };
}

/** Flags win over the environment, as everywhere. */
export function connectionOf(options: ConnectOptions, env: Io['env']): StorageSetting {
  const flags = flagSettings(options);
  const given = flags === undefined ? readTables(env, 'REGISTRY') : readTables(flags, FLAG);
  if (!('problems' in given)) return given;
  throw usage(given.problems.join('; ').replaceAll(`${FLAG}__tableServiceUri`, FLAG));
}

/** The SDKs are loaded here and not before: `--help` and completion must not wait for them. */
export const openRegistry: OpenRegistry = async (options, { env }) => {
  const connection = connectionOf(options, env);
  const { createRegistryAdmin } = await import('../adapters/storage/registry/admin.ts');
  return createRegistryAdmin({ connection: await asPerson(connection) });
};

/** A person waits, and may stand far away. */
const TIMEOUT_MS = 30_000;

/** The tables `Targets`, `Runs` and `Endpoints` stand in the same account. */
export const openStatus: OpenStatus = async (options, { env }) => {
  const connection = connectionOf(options, env);
  const { createStatus } = await import('../adapters/storage/status/status.ts');
  return createStatus({ connection: await asPerson(connection), timeoutMs: TIMEOUT_MS });
};
