import type { Command } from 'commander';

/** For flags that may be given several times. */
export function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

/** The flag of every command that reads documents from files. */
export const FILENAME = '-f, --filename <path>';

export interface RegistryOptions {
  registry?: string;
  registryAccount?: string;
}

export function withRegistry(command: Command): Command {
  return command
    .option('--registry <url>', 'table service of the registry: a URL or a connection string')
    .option('--registry-account <name>', 'the same by the name of the storage account (public cloud)');
}

export interface QueueOptions {
  storage?: string;
}

export function withQueue(command: Command): Command {
  return command.option(
    '--storage <account>',
    "the app's storage account with its queues: its name, URL of the queue service, or connection string",
  );
}

export interface VaultOptions {
  vaultUrl?: string[];
}

export function withVaults(command: Command): Command {
  return command.option(
    '--vault-url <alias=url>',
    'where a vault is, by the alias that routes use; repeatable; default: VAULTS',
    collect,
  );
}
