import type { Command } from 'commander';
import type { OpenRegistry } from './connect.ts';
import type { ExitCode, Io } from './io.ts';

export interface Context {
  io: Io;
  openRegistry: OpenRegistry;
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
