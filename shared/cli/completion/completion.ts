import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import tab from '@bomb.sh/tab/commander';
import { Argument } from 'commander';
import type { Command } from 'commander';
import type { AddCommand, Context } from '../command.ts';
import { examples } from '../command.ts';
import { namesOf, wantedNames, withoutOptions } from './names.ts';

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
type Matched = NonNullable<ReturnType<Root['commands']['get']>>;
type Complete = (value: string, description: string) => void;

/** Prints a shell's script, or answers it. The library writes to the console itself. */
async function answer(command: Command, args: readonly string[], context: Context): Promise<void> {
  const program = withoutCompletion(command);
  const root = tab(program, { completionCommandName: 'completion' });
  proposeFiles(root, args.at(-1) ?? '');
  for (const each of root.commands.values()) each.option('at', 'the context to use', () => {});
  if (args[0] === 'complete') await proposeNames(root, args, context);
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

/** Names of what a deployment has, where the line asks for some: else nothing is asked at all. */
async function proposeNames(root: Root, words: readonly string[], context: Context): Promise<void> {
  const before = words.slice(words.indexOf('--') + 1, -1);
  const [last = ''] = before.slice(-1);
  const line = withoutOptions(before);
  const command = root.commands.get(line.slice(0, 2).join(' ')) ?? root.commands.get(line[0] ?? '');
  const wanted = wantedNames(line, last);
  if (wanted === undefined || command === undefined) return;
  const names = await namesOf(wanted, valueOf('--at', before), context);
  for (const place of placesFor(command, last))
    place.handler = (complete) => {
      for (const name of names) complete(name, '');
    };
}

function placesFor({ options, arguments: all }: Matched, last: string) {
  const option = options.get(last.replace(/^-+/, ''));
  if (last.startsWith('-')) return option === undefined ? [] : [option];
  // The others have a choice of their own.
  return [...all.values()].filter(({ handler }) => handler === undefined);
}

/** Of `--at prod` or `--at=prod`. */
function valueOf(option: string, words: readonly string[]): string | undefined {
  const at = words.findIndex((word) => word === option || word.startsWith(`${option}=`));
  return at < 0 ? undefined : (words[at]?.split('=')[1] ?? words[at + 1]);
}
