import { Argument } from 'commander';
import type { AddCommand, Context } from '../command.ts';
import { examples } from '../command.ts';

const EXAMPLES = examples(
  'vaultcast completion bash > ~/.local/share/bash-completion/completions/vaultcast',
  'vaultcast completion zsh > "${fpath[1]}/_vaultcast"',
  'vaultcast completion fish > ~/.config/fish/completions/vaultcast.fish',
  'vaultcast completion powershell | Out-String | Invoke-Expression',
);

async function run(context: Context, args: readonly string[]): Promise<void> {
  const { runCompletion } = await import('./run.ts');
  await runCompletion(context.program(addCompletion), args, context);
}

export const addCompletion: AddCommand = (program, context) => {
  program
    .command('completion')
    .description('Print the completion script of a shell')
    .addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish', 'powershell']))
    .addHelpText('after', EXAMPLES)
    .action((shell: string) => run(context, ['completion', shell]));
  // What those scripts call at each Tab: `vaultcast complete -- WORDS`.
  program
    .command('complete', { hidden: true })
    .argument('[words...]')
    .action((words: string[]) => run(context, ['complete', '--', ...words]));
};
