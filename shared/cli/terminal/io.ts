import type { Readable, Writable } from 'node:stream';

/** Everything a command may touch besides files and the network, so that tests need no process. */
export interface Io {
  stdin: Readable;
  stdout: Writable;
  stderr: Writable;
  /** Somebody sits there: questions can be asked. */
  interactive: boolean;
  /** Colour may be used on stdout. */
  colour: boolean;
  /** Columns of the terminal; undefined where stdout is none. */
  width: number | undefined;
  env: Readonly<Record<string, string | undefined>>;
  /** Aborted when the person gives up. */
  signal: AbortSignal;
}

/**
 * Exit codes, for scripts.
 * - `differs`: `--dry-run` found something to do, or rows are invalid
 * - `usage`: the command line cannot be understood (EX_USAGE of sysexits.h)
 * - `interrupted`: 128 + SIGINT, as shells count
 */
export const EXIT = { ok: 0, failed: 1, differs: 2, usage: 64, interrupted: 130 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export function say(io: Io, text: string): void {
  io.stdout.write(`${text}\n`);
}

/** For what is not the result: progress, warnings, errors. */
export function note(io: Io, text: string): void {
  io.stderr.write(`${text}\n`);
}
