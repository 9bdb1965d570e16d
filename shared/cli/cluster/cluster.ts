import type { AddCommand } from '../command.ts';
import { examples } from '../command.ts';
import { collect } from '../terminal/options.ts';

const HELP = examples(
  'vaultcast cluster import --kubeconfig ~/.kube/config --context edge-1 > registry/edge-1.yaml',
  'vaultcast cluster import --kubeconfig k.yaml --aks /subscriptions/…/managedClusters/weu-1',
  'vaultcast cluster import --kubeconfig k.yaml --entra api://APP_ID/.default',
);

export interface ImportOptions {
  kubeconfig: string;
  context?: string;
  name?: string;
  label?: string[];
  aks?: string;
  entra?: string;
  tokenSecret?: string;
  certificateSecret?: string;
}

export const addCluster: AddCommand = (program, context) => {
  program
    .command('cluster')
    .description('Help with Cluster documents')
    .command('import')
    .description(
      'Write the Cluster document of a cluster in a kubeconfig: nothing in it is run, no credential is copied',
    )
    .requiredOption('--kubeconfig <file>', 'the kubeconfig')
    .option('--context <name>', 'a context of it; default: its current one')
    .option('--name <name>', 'name of the Cluster; default: that of the context')
    .option('--label <key=value>', 'label of the Cluster; repeatable', collect)
    .option('--aks <id>', 'it is AKS: its ARM id; server and CA are looked up by the app')
    .option('--entra <scope>', 'the API server trusts Entra: the scope, as in CLUSTER_SCOPES')
    .option('--token-secret <name>', 'secret of CREDENTIAL_VAULT with a bearer token')
    .option('--certificate-secret <name>', 'secret of CREDENTIAL_VAULT with client certificate and key')
    .addHelpText('after', HELP)
    .action(async (options: ImportOptions) => {
      const { importCluster } = await import('./import.ts');
      context.finish(await importCluster(options, context.io));
    });
};
