import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import tab from '@bomb.sh/tab/commander';
import type { Command } from 'commander';
import type { Context } from '../command.ts';
import { registeredNames } from './names.ts';
import type { Names } from './names.ts';

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

type Root = ReturnType<typeof tab>;

function propose(root: Root, { clusters, routes }: Names, args: readonly string[]): void {
  const all = (names: readonly string[]) => (complete: Complete) => {
    for (const name of names) complete(name, '');
  };
  for (const command of root.commands.values()) {
    for (const [option, names] of [['cluster', clusters] as const, ['route', routes] as const]) {
      const known = command.options.get(option);
      if (known !== undefined) known.handler = all(names);
    }
    const words = command.arguments.get('names');
    if (words !== undefined)
      words.handler = all(args.some((arg) => /^routes?$/.test(arg)) ? routes : clusters);
    for (const [argument, names] of [['route', routes] as const, ['clusters', clusters] as const]) {
      const known = command.arguments.get(argument);
      if (known !== undefined) known.handler = all(names);
    }
  }
}

/** Prints a shell's script, or answers it. The library writes to the console itself. */
export async function runCompletion(
  program: Command,
  args: readonly string[],
  context: Context,
): Promise<void> {
  const typed = args.at(-1) ?? '';
  const root = tab(program, { completionCommandName: 'completion' });
  for (const command of root.commands.values()) {
    const option = command.options.get('filename');
    if (option !== undefined) option.handler = (complete) => completeFiles(typed, complete);
  }
  propose(root, await registeredNames(args, context), args);
  await program.parseAsync([...args], { from: 'user' });
}
