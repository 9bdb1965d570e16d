import type { Command } from 'commander';
import type { OpenQueue } from './connect/queue.ts';
import type { OpenVault } from './connect/vault.ts';
import type { OpenRegistry, OpenStatus } from './connect/settings.ts';
import type { ExitCode, Io } from './terminal/io.ts';

/** What commands open of the outside, each only when they need it; tests bring their own. */
export interface World {
  openRegistry: OpenRegistry;
  openStatus: OpenStatus;
  openQueue: OpenQueue;
  openVault: OpenVault;
  /** Between two looks at a run, milliseconds. */
  pollMs: number;
}

export interface Context extends World {
  io: Io;
  /** Called by a command's action with its result. */
  finish: (code: ExitCode) => void;
  /** A program like the running one, without one command: completion looks at all others. */
  program: (without: AddCommand) => Command;
}

/**
 * A command adds itself to the program: names, options, help. What it does stands in a file of its own that its action
 * imports, so that one command never waits for what another one needs. A new command is a file and a line in
 * commands.ts.
 */
export type AddCommand = (program: Command, context: Context) => void;

export function examples(...lines: string[]): string {
  return ['', 'Examples:', ...lines.map((line) => `  ${line}`)].join('\n');
}
