import { readQueues, readTables } from '../../config/storage.ts';
import type { StorageSetting } from '../../config/storage.ts';
import { parseVaults } from '../../config/vaults.ts';
import { CliError } from '../terminal/failure.ts';
import type { Io } from '../terminal/io.ts';
import { EXIT } from '../terminal/io.ts';
import type { QueueOptions, RegistryOptions, VaultOptions } from './flags.ts';

type Environment = Io['env'];

const usage = (message: string, advice: string): CliError => new CliError(message, advice, EXIT.usage);

const REGISTRY_FLAG = '--registry';
const REGISTRY_ADVICE = `Give --registry URL or --registry-account NAME, or set REGISTRY__tableServiceUri (or REGISTRY, a connection string).
Once for all commands: vaultcast context set NAME --registry-account NAME`;

/** Where the registry and the status tables are. Flags win over the environment. Throws CliError when neither tells. */
export function registrySetting(options: RegistryOptions, env: Environment): StorageSetting {
  const flags = registryFlags(options);
  const given = flags === undefined ? readTables(env, 'REGISTRY') : readTables(flags, REGISTRY_FLAG);
  if (!('problems' in given)) return given;
  const message = given.problems.join('; ').replaceAll(`${REGISTRY_FLAG}__tableServiceUri`, REGISTRY_FLAG);
  throw usage(message, REGISTRY_ADVICE);
}

/** The flags as the settings that they stand for, so that both are judged alike. */
function registryFlags({ registry, registryAccount }: RegistryOptions): Environment | undefined {
  if (registry !== undefined && registryAccount !== undefined)
    throw usage('--registry and --registry-account exclude each other', REGISTRY_ADVICE);
  if (registryAccount !== undefined) {
    // https://learn.microsoft.com/azure/storage/common/storage-account-overview#storage-account-name
    if (!/^[a-z0-9]{3,24}$/.test(registryAccount))
      throw usage('--registry-account must be 3 to 24 of a-z and 0-9', REGISTRY_ADVICE);
    return { [`${REGISTRY_FLAG}__tableServiceUri`]: `https://${registryAccount}.table.core.windows.net` };
  }
  if (registry === undefined) return undefined;
  return { [/^https?:/i.test(registry) ? `${REGISTRY_FLAG}__tableServiceUri` : REGISTRY_FLAG]: registry };
}

const QUEUE_SETTING = 'AzureWebJobsStorage';
const QUEUE_FLAG = '--storage';
const QUEUE_ADVICE = `Give --storage with the name of the app's storage account, the URL of its queue service or a connection
string, or set ${QUEUE_SETTING}__queueServiceUri, ${QUEUE_SETTING}__accountName or ${QUEUE_SETTING}.`;

/** Where the app's queues are. Flags win over the environment. Throws CliError when neither tells. */
export function queueSetting({ storage }: QueueOptions, env: Environment): StorageSetting {
  const given =
    storage === undefined ? readQueues(env, QUEUE_SETTING) : readQueues(queueFlags(storage), QUEUE_FLAG);
  if (!('problems' in given)) return given;
  throw usage(given.problems.join('; ').replaceAll(/--storage__\w+/g, QUEUE_FLAG), QUEUE_ADVICE);
}

function queueFlags(storage: string): Environment {
  if (/^https?:/i.test(storage)) return { [`${QUEUE_FLAG}__queueServiceUri`]: storage };
  return { [/^[a-z0-9]{3,24}$/.test(storage) ? `${QUEUE_FLAG}__accountName` : QUEUE_FLAG]: storage };
}

const VAULT_ADVICE = 'Give --vault-url ALIAS=https://NAME.vault.azure.net, or set VAULTS as the app has it.';

/** Alias -> origin. Throws CliError: nothing says where vaults are, and a guess could ask somebody else's. */
export function vaultSetting({ vaultUrl = [] }: VaultOptions, env: Environment): ReadonlyMap<string, string> {
  const given = vaultUrl.length > 0 ? vaultUrl.join(',') : (env['VAULTS'] ?? '');
  const { value, problems } = parseVaults(given);
  const name = vaultUrl.length > 0 ? '--vault-url' : 'VAULTS';
  if (problems.length === 0) return value;
  throw usage(problems.map((problem) => `${name} ${problem}`).join('; '), VAULT_ADVICE);
}
