import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import tab from '@bomb.sh/tab/commander';
import { Argument } from 'commander';
import type { Command } from 'commander';
import type { AddCommand, Context } from '../command.ts';
import { examples } from '../command.ts';

const HELP = examples(
  'vaultcast completion bash > ~/.local/share/bash-completion/completions/vaultcast',
  'vaultcast completion zsh > "${fpath[1]}/_vaultcast"',
  'vaultcast completion fish > ~/.config/fish/completions/vaultcast.fish',
  'vaultcast completion powershell | Out-String | Invoke-Expression',
);

export const addCompletion: AddCommand = (command, context) => {
  command
    .addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish', 'powershell']))
    .addHelpText('after', HELP)
    .action((shell: string) => answer(command, ['completion', shell], context));
};

/** What those scripts call at each Tab: `vaultcast complete -- WORDS`. */
export const addComplete: AddCommand = (command, context) => {
  command
    .argument('[words...]')
    .action((words: string[]) => answer(command, ['complete', '--', ...words], context));
};

type Root = ReturnType<typeof tab>;
type Complete = (value: string, description: string) => void;

/** Prints a shell's script, or answers it. The library writes to the console itself. */
async function answer(command: Command, args: readonly string[], context: Context): Promise<void> {
  const program = withoutCompletion(command);
  const root = tab(program, { completionCommandName: 'completion' });
  proposeFiles(root, args.at(-1) ?? '');
  if (wantsNames(args)) await proposeNames(root, args, context);
  await program.parseAsync([...args], { from: 'user' });
}

/** The library brings commands of these names; it looks at all others. */
function withoutCompletion({ parent }: Command): Command {
  if (parent === null) throw new TypeError('completion is a command of vaultcast');
  const program = parent.createCommand(parent.name()).copyInheritedSettings(parent);
  for (const option of parent.options) program.addOption(option);
  for (const other of parent.commands)
    if (!['completion', 'complete'].includes(other.name())) program.addCommand(other);
  return program;
}

/** Folders and files that `-f` could mean: the library completes none. */
function proposeFiles(root: Root, typed: string): void {
  for (const command of root.commands.values()) {
    const option = command.options.get('filename');
    if (option !== undefined) option.handler = (complete) => completeFiles(typed, complete);
  }
}

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

/** What stands before the word decides whether the registry is asked at all. */
function wantsNames(words: readonly string[]): boolean {
  const typed = words.filter((word) => word !== '--' && word !== 'complete');
  const before = typed.at(-2) ?? '';
  if (before === '--cluster' || before === '--route') return true;
  const [command = '', kind = ''] = typed;
  return typed.length > 1 && (command === 'render' || command === 'check' || isKind(command, kind, typed));
}

function isKind(command: string, kind: string, typed: readonly string[]): boolean {
  return ['get', 'delete'].includes(command) && typed.length > 2 && /^(?:cluster|route)s?$/.test(kind);
}

async function proposeNames(root: Root, words: readonly string[], context: Context): Promise<void> {
  const { registeredNames } = await import('./names.ts');
  const { clusters, routes } = await registeredNames(context);
  const all = (names: readonly string[]) => (complete: Complete) => {
    for (const name of names) complete(name, '');
  };
  const named = words.some((word) => /^routes?$/.test(word)) ? routes : clusters;
  for (const command of root.commands.values())
    for (const [place, names] of [
      [command.options.get('cluster'), clusters],
      [command.options.get('route'), routes],
      [command.arguments.get('names'), named],
      [command.arguments.get('route'), routes],
      [command.arguments.get('clusters'), clusters],
    ] as const)
      if (place !== undefined) place.handler = all(names);
}
