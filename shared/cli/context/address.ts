import type { StorageSetting } from '../../config/storage.ts';
import { CliError } from '../terminal/failure.ts';
import { EXIT } from '../terminal/io.ts';

/** An address as a context may hold it. Throws CliError for a connection string. */
export function addressOf(setting: StorageSetting, from: string): string {
  if ('serviceUri' in setting) return setting.serviceUri;
  throw new CliError(
    `${from} is a connection string, and a context holds no secret`,
    "Give an address or the account's name (--registry-account, --storage), or set it in the environment.",
    EXIT.usage,
  );
}
