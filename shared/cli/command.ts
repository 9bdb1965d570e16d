import type { Command } from 'commander';
import type { Endpoint } from '../adapters/storage/status/endpoints.ts';
import type { Ports } from '../ports.ts';
import type { RegistryAdmin } from '../registry/admin.ts';
import type { Arm } from './connect/arm.ts';
import type { QueueOptions, RegistryOptions, VaultOptions } from './connect/flags.ts';
import type { ExitCode, Io } from './terminal/io.ts';

/** What a command may use, what lies outside opened only when it needs that, and where it says how it ended. */
export interface Context {
  io: Io;
  openRegistry: (options: RegistryOptions, io: Io) => Promise<RegistryAdmin>;
  /** What commands read of the status tables; only the app writes them. */
  openStatus: (
    options: RegistryOptions,
    io: Io,
  ) => Promise<Pick<Ports['status'], 'target' | 'targets' | 'runs' | 'backOffs'>>;
  /** Where the app found AKS clusters to be. */
  openEndpoints: (
    options: RegistryOptions,
    io: Io,
  ) => Promise<{ read(cluster: string, signal: AbortSignal): Promise<Endpoint | undefined> }>;
  /** Commands ask the app for work; the queue `push` is the app's own. */
  openQueue: (options: QueueOptions, io: Io) => Promise<Pick<Ports['queue'], 'reconcile'>>;
  /** The vaults with the person's own rights: what they may not see, no command shows them. */
  openVault: (options: VaultOptions, io: Io) => Promise<Ports['vault']>;
  /** Azure Resource Manager at this origin, with the person's own rights. */
  openArm: (origin: string, io: Io) => Promise<Arm>;
  /** Between two looks at a run, milliseconds. */
  pollMs: number;
  /** Called by a command's action with its result. */
  finish: (code: ExitCode) => void;
}

/** Adds arguments, options, help and action to a command that has its name and summary from commands.ts. */
export type AddCommand = (command: Command, context: Context) => void;

export function examples(...lines: string[]): string {
  return ['', 'Examples:', ...lines.map((line) => `  ${line}`)].join('\n');
}
