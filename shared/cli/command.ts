import type { Command } from 'commander';
import type { Connections } from './connect/open.ts';
import type { ExitCode, Io } from './terminal/io.ts';

/** What a command may use, and where it says how it ended. */
export interface Context extends Connections {
  io: Io;
  /** Called by a command's action with its result. */
  finish: (code: ExitCode) => void;
}

/** Adds arguments, options, help and action to a command that has its name and summary from commands.ts. */
export type AddCommand = (command: Command, context: Context) => void;

export function examples(...lines: string[]): string {
  return ['', 'Examples:', ...lines.map((line) => `  ${line}`)].join('\n');
}
