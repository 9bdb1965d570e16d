import { clusterDocument } from '../../registry/cluster-schema.ts';
import type { Cluster } from '../../registry/document.ts';
import { explain } from '../../registry/issues.ts';
import type { AddCommand } from '../command.ts';
import { examples } from '../command.ts';
import { CliError } from '../terminal/failure.ts';
import type { ExitCode, Io } from '../terminal/io.ts';
import { EXIT, note, say } from '../terminal/io.ts';
import { yamlText } from '../terminal/print.ts';
import { collect } from '../connect/flags.ts';
import { KUBECONFIG, KUBECONFIG_DEFAULT } from '../connect/kubeconfig-files.ts';
import { nextSteps } from './advice.ts';
import { readContext } from './context.ts';
import type { KubeContext } from './context.ts';

const HELP = examples(
  'vaultcast cluster import --context edge-1 --label env=prod > registry/edge-1.yaml',
  'vaultcast cluster import --kubeconfig k.yaml --aks /subscriptions/…/managedClusters/weu-1',
  'vaultcast cluster import --kubeconfig k.yaml --entra api://APP_ID/.default',
);

/** How the app logs in, as a Cluster document says it. */
type Credential = NonNullable<Cluster['spec']['credential']>;

interface ImportOptions {
  kubeconfig?: string;
  context?: string;
  name?: string;
  label?: string[];
  aks?: string;
  entra?: string;
  tokenSecret?: string;
  certificateSecret?: string;
}

export const addCluster: AddCommand = (command, context) => {
  command
    .command('import')
    .description(
      'Write the Cluster document of a cluster in a kubeconfig: nothing in it is run, no credential is copied',
    )
    .option(KUBECONFIG, `the kubeconfig; ${KUBECONFIG_DEFAULT}`)
    .option('--context <name>', 'a context of it; default: its current one')
    .option('--name <name>', 'name of the Cluster; default: that of the context')
    .option('--label <key=value>', 'label of the Cluster; repeatable', collect)
    .option('--aks <id>', 'it is AKS: its ARM id; server and CA are looked up by the app')
    .option('--entra <scope>', 'the API server trusts Entra: the scope, as in CLUSTER_SCOPES')
    .option('--token-secret <name>', 'secret of CREDENTIAL_VAULT with a bearer token')
    .option('--certificate-secret <name>', 'secret of CREDENTIAL_VAULT with client certificate and key')
    .addHelpText('after', HELP)
    .action(async (options: ImportOptions) => {
      context.finish(await importCluster(options, context.io));
    });
};

/** The document on stdout; on stderr what is still to be done. Contacts nobody. */
async function importCluster(options: ImportOptions, io: Io): Promise<ExitCode> {
  const context = await readContext(options.kubeconfig, options.context, io.env);
  const name = options.name ?? objectNameOf(context.name);
  const metadata = { name, ...labelsOf(options) };
  const written = {
    apiVersion: 'vaultcast.dev/v1',
    kind: 'Cluster',
    metadata,
    spec: specOf(name, context, options),
  };
  const cluster = checked(written);
  say(io, yamlText([written]));
  for (const field of context.ignored)
    note(io, `Left out: ${field} of the kubeconfig; vaultcast has no such thing.`);
  for (const line of nextSteps(context, cluster)) note(io, line);
  return EXIT.ok;
}

/** Contexts are called `admin@edge 1`, Clusters are Kubernetes object names. */
function objectNameOf(context: string): string {
  return context
    .toLowerCase()
    .replaceAll(/[^a-z0-9.-]+/g, '-')
    .replaceAll(/^[-.]+|[-.]+$/g, '')
    .slice(0, 63);
}

function labelsOf({ label = [] }: ImportOptions): { labels?: Record<string, string> } {
  if (label.length === 0) return {};
  return { labels: Object.fromEntries(label.map(labelOf)) };
}

/** `key=value`; the value may be empty, but must be said to be. */
function labelOf(pair: string): [string, string] {
  const at = pair.indexOf('=');
  if (at > 0) return [pair.slice(0, at), pair.slice(at + 1)];
  throw new CliError(`--label ${JSON.stringify(pair)} is no label`, 'Write KEY=VALUE.', EXIT.usage);
}

function specOf(name: string, context: KubeContext, options: ImportOptions): object {
  if (options.aks !== undefined) return { aks: options.aks };
  const { server, certificateAuthorityData } = context;
  const authority = certificateAuthorityData === undefined ? {} : { certificateAuthorityData };
  return { server, ...authority, credential: credentialOf(name, context, options) };
}

/** What a flag says, or else what the context's own login suggests. Throws CliError when neither tells. */
function credentialOf(name: string, { login }: KubeContext, options: ImportOptions): Credential {
  const [given, ...others] = asked(options);
  if (others.length > 0)
    throw new CliError('only one credential can be used', 'Choose one of the flags.', EXIT.usage);
  if (given !== undefined) return given;
  if (login === 'token') return { token: { secret: secretNamed(name, 'token') } };
  if (login === 'certificate')
    return { clientCertificate: { secret: secretNamed(name, 'client-certificate') } };
  const how =
    login === 'plugin'
      ? 'its user logs in with a plugin, which is never run'
      : 'its user has no token and no certificate';
  throw new CliError(
    `how the app is to log in cannot be told: ${how}`,
    'Give --aks ID for AKS, --entra SCOPE, --token-secret NAME or --certificate-secret NAME.',
  );
}

function asked({ entra, tokenSecret, certificateSecret }: ImportOptions): Credential[] {
  return [
    ...(entra === undefined ? [] : [{ entra: { scope: entra } }]),
    ...(tokenSecret === undefined ? [] : [{ token: { secret: tokenSecret } }]),
    ...(certificateSecret === undefined ? [] : [{ clientCertificate: { secret: certificateSecret } }]),
  ];
}

function secretNamed(name: string, suffix: string): string {
  return `${name.replaceAll(/[^a-z0-9-]/g, '-')}-${suffix}`;
}

/** Throws CliError for what the registry would refuse. */
function checked(written: object): Cluster {
  const result = clusterDocument.safeParse(written);
  if (result.success) return result.data;
  const findings = explain(result.error, written).map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new CliError(`this makes no valid Cluster: ${findings.join('; ')}`, 'Write the document by hand.');
}
