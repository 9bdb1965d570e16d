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
  /** Columns of the terminal; absent where stdout is none. */
  width?: number | undefined;
  env: Readonly<Record<string, string | undefined>>;
  /** Aborted when the person gives up. */
  signal: AbortSignal;
}

/** Exit codes, for scripts. 64 is EX_USAGE of sysexits.h, 130 is 128 + SIGINT, as shells count. */
export const EXIT = { ok: 0, failed: 1, differs: 2, usage: 64, interrupted: 130 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The same for every command: one table in the help and in README.md. */
export const EXIT_MEANINGS: readonly (readonly [ExitCode, string])[] = [
  [EXIT.ok, 'done: everything was looked at, nothing differs, nothing is wrong'],
  [EXIT.failed, 'failed, or not everything could be done or looked at, or time was up'],
  [EXIT.differs, 'everything was looked at: something differs, is invalid or needs a person'],
  [EXIT.usage, 'the command line or a setting is wrong; nothing was done'],
  [EXIT.interrupted, 'interrupted; what runs in the app goes on'],
];

export function say(io: Io, text: string): void {
  io.stdout.write(`${text}\n`);
}

/** For what is not the result: progress, warnings, errors. */
export function note(io: Io, text: string): void {
  io.stderr.write(`${text}\n`);
}
