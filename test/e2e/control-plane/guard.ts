import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * A shell that waits for the end of its input, which comes when this process closes it or dies, however it dies.
 * Then it kills whatever still has a `.pid` file in the folder and removes the folder (twice: what was killed may
 * have written a last file).
 */
const SCRIPT = `cat >/dev/null
for file in "$1"/*.pid; do [ -e "$file" ] && kill -9 "$(cat "$file")"; done
rm -rf "$1" || { sleep 1; rm -rf "$1"; }`;

export interface Guard {
  pid: number | undefined;
  /** Ends what still runs, removes the folder, and resolves when the guard itself is gone. */
  release(): Promise<void>;
}

/** Sees to it that nothing that has a `NAME.pid` file in `folder` outlives this process, and that the folder goes. */
export function guardFolder(folder: string): Guard {
  // In a process group of its own, so that Ctrl-C does not end it before its work is done.
  const shell = spawn('sh', ['-c', SCRIPT, 'guard', folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const exited = once(shell, 'exit');
  return {
    pid: shell.pid,
    release: async () => {
      shell.stdin.end();
      await exited;
    },
  };
}
