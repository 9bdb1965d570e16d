import type { AddCommand } from './command.ts';
import { examples } from './command.ts';
import { collect } from './terminal/options.ts';

const HELP = examples(
  'vaultcast namespace app-1 --accept app-1-- --user OBJECT_ID | kubectl apply -f -',
  'vaultcast namespace app-1 --accept team/app-1-- --accept shared--smtp--password > app-1.yaml',
);

export interface NamespaceOptions {
  accept: string[];
  user?: string;
}

export const addNamespace: AddCommand = (program, context) => {
  program
    .command('namespace')
    .description(
      'Print the manifests that let a namespace receive secrets: its consent, and the right to write there',
    )
    .argument('<name>', 'name of the namespace')
    .requiredOption(
      '--accept <entry>',
      '[VAULT/]PREFIX-- or [VAULT/]SECRET that the namespace accepts; repeatable',
      collect,
    )
    .option('--user <name>', "the pusher as the API server knows it: the object id of the app's identity")
    .addHelpText('after', HELP)
    .action(async (name: string, options: NamespaceOptions) => {
      const { printNamespace } = await import('./namespace-run.ts');
      context.finish(printNamespace(name, options, context.io));
    });
};
