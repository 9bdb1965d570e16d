import { registryDocument } from '../../registry/document.ts';
import { explain } from '../../registry/issues.ts';
import { storageAdvice } from './advice.ts';
import type { Credential } from './advice.ts';
import type { ImportOptions } from './cluster.ts';
import { CliError } from '../terminal/failure.ts';
import type { ExitCode, Io } from '../terminal/io.ts';
import { EXIT, note, say } from '../terminal/io.ts';
import { readContext } from './context.ts';
import type { KubeContext } from './context.ts';
import { yamlText } from '../terminal/print.ts';

/** Contexts are called `admin@edge 1`, Clusters are Kubernetes object names. */
function objectNameOf(context: string): string {
  return context
    .toLowerCase()
    .replaceAll(/[^a-z0-9.-]+/g, '-')
    .replaceAll(/^[-.]+|[-.]+$/g, '')
    .slice(0, 63);
}

const secretNamed = (name: string, suffix: string): string =>
  `${name.replaceAll(/[^a-z0-9-]/g, '-')}-${suffix}`;

function asked({ entra, tokenSecret, certificateSecret }: ImportOptions): Credential[] {
  return [
    ...(entra === undefined ? [] : [{ entra: { scope: entra } }]),
    ...(tokenSecret === undefined ? [] : [{ token: { secret: tokenSecret } }]),
    ...(certificateSecret === undefined ? [] : [{ clientCertificate: { secret: certificateSecret } }]),
  ];
}

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

function labelsOf({ label = [] }: ImportOptions): { labels?: Record<string, string> } {
  if (label.length === 0) return {};
  const pairs = label.map(
    (text) => [text.split('=', 1).join(''), text.split('=').slice(1).join('=')] as const,
  );
  return { labels: Object.fromEntries(pairs) };
}

function specOf(name: string, context: KubeContext, options: ImportOptions): object {
  if (options.aks !== undefined) return { aks: options.aks };
  const { server, certificateAuthorityData } = context;
  const authority = certificateAuthorityData === undefined ? {} : { certificateAuthorityData };
  return { server, ...authority, credential: credentialOf(name, context, options) };
}

function checked(document: unknown): void {
  const result = registryDocument.safeParse(document);
  if (result.success) return;
  const findings = explain(result.error, document).map(
    ({ path, message }) => `${path.join('.')}: ${message}`,
  );
  throw new CliError(`this makes no valid Cluster: ${findings.join('; ')}`, 'Write the document by hand.');
}

/** `vaultcast cluster import`: the document on stdout; on stderr what is still to be done. Contacts nobody. */
export async function importCluster(options: ImportOptions, io: Io): Promise<ExitCode> {
  const context = await readContext(options.kubeconfig, options.context);
  const name = options.name ?? objectNameOf(context.name);
  const spec = specOf(name, context, options);
  const metadata = { name, ...labelsOf(options) };
  const document = { apiVersion: 'vaultcast.dev/v1', kind: 'Cluster', metadata, spec };
  checked(document);
  say(io, yamlText([document]));
  for (const field of context.ignored)
    note(io, `Left out: ${field} of the kubeconfig; vaultcast has no such thing.`);
  const credential = 'credential' in spec ? (spec.credential as Credential) : undefined;
  for (const line of storageAdvice(context, credential, options)) note(io, line);
  return EXIT.ok;
}
