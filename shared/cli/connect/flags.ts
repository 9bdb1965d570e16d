import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';

/** For flags that may be given several times. */
export function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

const UNITS = { s: 1000, m: 60_000, h: 3_600_000 } as const;

/** For flags such as `90s`, `15m`, `1h`, or seconds: in milliseconds. */
export function durationMs(value: string): number {
  const [, digits, unit = 's'] = /^(\d{1,6})([smh]?)$/.exec(value) ?? [];
  if (digits === undefined) throw new InvalidArgumentError('Write it as 90s, 15m or 1h.');
  return Number(digits) * UNITS[(unit || 's') as keyof typeof UNITS];
}

/** `--timeout`, with its default as people write it. */
export function timeoutOption(what: string, normally: string): Option {
  return new Option('--timeout <time>', what).argParser(durationMs).default(durationMs(normally), normally);
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
