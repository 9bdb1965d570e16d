import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { CliError } from '../terminal/failure.ts';

/** What a kubeconfig says of one context. Here it is data: no plugin is run, and no credential is read, only seen to be there. */
export interface KubeContext {
  /** The kubeconfig. */
  file: string;
  name: string;
  server: string;
  /** base64 of PEM; undefined: public authorities. */
  certificateAuthorityData: string | undefined;
  /** How people log in there. */
  login: 'token' | 'certificate' | 'plugin' | 'other';
  /** What the document cannot express. */
  ignored: string[];
}

/** Throws CliError for a file or a context that is not there. */
export async function readContext(file: string, wanted: string | undefined): Promise<KubeContext> {
  const document = await documentIn(file);
  const found = chosen(document, wanted);
  if (found === undefined)
    throw new CliError(
      `${file} has no context ${wanted ?? 'by default'} with a cluster`,
      `Give --context, one of: ${document.contexts.map((one) => one.name).join(', ')}`,
    );
  const { name, cluster, login } = found;
  return {
    file,
    name,
    server: cluster.server,
    certificateAuthorityData: await authorityData(file, cluster),
    login: loginOf(login),
    ignored: IGNORED.filter((field) => cluster[field] !== undefined && cluster[field] !== false),
  };
}

const words = z.string().optional();
const place = z.object({
  server: z.string(),
  'certificate-authority-data': words,
  'certificate-authority': words,
  'insecure-skip-tls-verify': z.boolean().optional(),
  'tls-server-name': words,
  'proxy-url': words,
});
const user = z.object({
  token: words,
  tokenFile: words,
  'client-certificate': words,
  'client-certificate-data': words,
  exec: z.unknown().optional(),
  'auth-provider': z.unknown().optional(),
});
const listOf = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .nullish()
    .transform((items) => items ?? []);
const kubeconfig = z.object({
  'current-context': words,
  clusters: listOf(z.object({ name: z.string(), cluster: place })),
  contexts: listOf(z.object({ name: z.string(), context: z.object({ cluster: z.string(), user: words }) })),
  users: listOf(z.object({ name: z.string(), user: user.nullish().transform((one) => one ?? {}) })),
});

type Kubeconfig = z.output<typeof kubeconfig>;

/** Messages never quote the file: it holds credentials. */
async function documentIn(file: string): Promise<Kubeconfig> {
  const content = await readFile(file, 'utf8').catch(() => {
    throw new CliError(`${file} cannot be read`, 'Check --kubeconfig.');
  });
  try {
    return kubeconfig.parse(parse(content));
  } catch {
    throw new CliError(`${file} is no kubeconfig`, 'Check --kubeconfig.');
  }
}

/** A context with its cluster and its user; undefined when there is no such context, or when it names no cluster. */
function chosen(document: Kubeconfig, wanted: string | undefined) {
  const name = wanted ?? document['current-context'];
  const context = document.contexts.find((one) => one.name === name)?.context;
  const cluster = document.clusters.find((one) => one.name === context?.cluster)?.cluster;
  const login = document.users.find((one) => one.name === context?.user)?.user ?? {};
  return name === undefined || cluster === undefined ? undefined : { name, cluster, login };
}

/** Only certificates leave the file: somebody else may have named it. */
async function authorityData(file: string, cluster: z.output<typeof place>): Promise<string | undefined> {
  const { 'certificate-authority-data': data, 'certificate-authority': path } = cluster;
  if (data !== undefined || path === undefined) return data;
  const from = resolve(dirname(file), path);
  const pem = await readFile(from, 'utf8').catch(() => '');
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g);
  if (blocks === null)
    throw new CliError(
      `${from} holds no certificate`,
      'The kubeconfig names it as the authority of the cluster.',
    );
  return Buffer.from(`${blocks.join('\n')}\n`).toString('base64');
}

function loginOf(given: z.output<typeof user>): KubeContext['login'] {
  const has = (...fields: (keyof typeof given)[]): boolean =>
    fields.some((field) => given[field] !== undefined);
  if (has('exec', 'auth-provider')) return 'plugin';
  if (has('client-certificate-data', 'client-certificate')) return 'certificate';
  return has('token', 'tokenFile') ? 'token' : 'other';
}

const IGNORED = ['tls-server-name', 'proxy-url', 'insecure-skip-tls-verify'] as const;
