import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import tab from '@bomb.sh/tab/commander';
import type { Command } from 'commander';

type Complete = (value: string, description: string) => void;

/** Folders and files `-f` could mean. The library completes no files of its own. */
function completeFiles(typed: string, complete: Complete): void {
  const folder = typed.endsWith('/') ? typed : dirname(typed);
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = folder === '.' && !typed.startsWith('./') ? entry.name : join(folder, entry.name);
      if (entry.isDirectory()) complete(`${path}/`, 'folder');
      else if (/\.(?:ya?ml|json)$/.test(entry.name)) complete(path, 'file');
    }
  } catch {
    // No such folder: nothing to propose.
  }
}

/** Prints a shell's script, or answers it. The library writes to the console itself. */
export async function runCompletion(program: Command, args: readonly string[]): Promise<void> {
  const typed = args.at(-1) ?? '';
  const root = tab(program, { completionCommandName: 'completion' });
  for (const command of root.commands.values()) {
    const option = command.options.get('filename');
    if (option !== undefined) option.handler = (complete) => completeFiles(typed, complete);
  }
  await program.parseAsync([...args], { from: 'user' });
}
