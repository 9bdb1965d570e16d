import type { AddCommand } from './command.ts';
import { examples } from './command.ts';
import { collect } from './options.ts';

const HELP = examples(
  'vaultcast namespace app-1 --accept app-1-- --user OBJECT_ID | kubectl apply --server-side --field-manager vaultcast -f -',
  'vaultcast namespace app-1 --accept team/app-1-- --accept shared--registry --user OBJECT_ID > app-1.yaml',
);

export interface NamespaceOptions {
  accept: string[];
  user: string;
}

export const addNamespace: AddCommand = (program, context) => {
  program
    .command('namespace')
    .description('Print what lets a namespace receive secrets: its consent and a RoleBinding')
    .argument('<name>', 'the namespace')
    .requiredOption(
      '--accept <entry>',
      'what it accepts: a prefix (ends in --) or a whole secret name, of any vault or one (VAULT/…); repeatable',
      collect,
    )
    .requiredOption('--user <name>', 'vaultcast as the cluster knows it: the object id of its identity')
    .addHelpText('after', HELP)
    .action(async (name: string, options: NamespaceOptions) => {
      const { printNamespace } = await import('./namespace-run.ts');
      context.finish(printNamespace(name, options, context));
    });
};
