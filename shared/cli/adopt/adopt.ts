import type { AddCommand } from '../command.ts';
import { examples } from '../command.ts';
import type { VaultOptions } from '../connect/vault.ts';
import { withVaults } from '../connect/vault.ts';
import type { ConnectOptions } from '../connect/settings.ts';
import { withRegistry } from '../connect/settings.ts';

const HELP = `${examples(
  'vaultcast adopt --kubeconfig ~/.kube/config --context weu-1 --route app-1 --instance vaultcast-prod app-1/pg app-1/mq',
  'vaultcast adopt --context weu-1 --route app-1 --dry-run app-1/pg   # exit code 2 when it would be adopted',
  'vaultcast adopt --context weu-1 --release app-1/pg                 # the way back',
)}

A Secret is adopted only when its content is equal to what the route would write: whoever reads it notices nothing.
Values are read with your own sign-in and compared here; none is shown.`;

export interface AdoptOptions extends ConnectOptions, VaultOptions {
  kubeconfig?: string;
  context?: string;
  cluster?: string;
  route?: string;
  instance?: string;
  forceOwner?: boolean;
  release?: boolean;
  dryRun?: boolean;
  yes?: boolean;
}

export const addAdopt: AddCommand = (program, context) => {
  const command = program
    .command('adopt')
    .description(
      'Take over Secrets that exist, named ones only, with your own kubeconfig: shows a plan, asks, then labels',
    )
    .argument('<namespace/name...>', 'the Secrets')
    .option('--kubeconfig <file>', 'your kubeconfig, plugins included; default: KUBECONFIG or ~/.kube/config')
    .option('--context <name>', 'a context of it; default: its current one')
    .option('--cluster <name>', 'the Cluster as registered; default: the name of the context')
    .option('--route <name>', 'the route that is to own them')
    .option('--instance <name>', 'the deployment that is to own them; default: INSTANCE')
    .option('--force-owner', 'also what another tool owns; its owner references are taken off')
    .option('--release', 'the way back: take the labels and annotations of vaultcast off')
    .option('--dry-run', 'show the plan only; exit code 2 when there is something to do')
    .option('-y, --yes', 'do not ask; needed where nobody can be asked');
  withVaults(withRegistry(command))
    .addHelpText('after', HELP)
    .action(async (targets: string[], options: AdoptOptions) => {
      const { adopt } = await import('./judge.ts');
      context.finish(await adopt(targets, options, context));
    });
};
