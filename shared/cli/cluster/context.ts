import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { kubeconfigFiles } from '../connect/kubeconfig-files.ts';
import { CliError } from '../terminal/failure.ts';
import type { Io } from '../terminal/io.ts';

/** What a kubeconfig says of one context. Here it is data: no plugin is run, and no credential is read, only seen to be there. */
export interface KubeContext {
  /** The kubeconfig that was named; undefined: those that kubectl reads without being told. */
  file: string | undefined;
  name: string;
  server: string;
  /** base64 of PEM; undefined: public authorities. */
  certificateAuthorityData: string | undefined;
  /** How people log in there. */
  login: 'token' | 'certificate' | 'plugin' | 'other';
  /** Where the token stands, when it has a file of its own. */
  tokenFile: string | undefined;
  /** What the document cannot express. */
  ignored: string[];
}

/**
 * @param file undefined: as kubectl chooses
 * @param wanted undefined: the current context
 * @throws CliError for a file or a context that is not there
 */
export async function readContext(
  file: string | undefined,
  wanted: string | undefined,
  env: Io['env'],
): Promise<KubeContext> {
  const files = kubeconfigFiles(file, env);
  const document = merged(await Promise.all(files.map(documentIn)));
  const found = chosen(document, wanted);
  if (found === undefined)
    throw new CliError(
      `${files.join(', ')} has no context ${wanted ?? 'by default'} with a cluster`,
      `Give --context, one of: ${document.contexts.map((one) => one.name).join(', ')}`,
    );
  const { name, cluster, login } = found;
  return {
    file,
    name,
    server: cluster.server,
    certificateAuthorityData: await authorityData(cluster),
    login: loginOf(login),
    tokenFile:
      login.token === undefined && login.tokenFile !== undefined ? pathOf(login, login.tokenFile) : undefined,
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

/** Paths in a kubeconfig start at the folder where it stands. */
type From<T> = T & { file: string };

interface Merged {
  current: string | undefined;
  clusters: { name: string; cluster: From<z.output<typeof place>> }[];
  contexts: Kubeconfig['contexts'];
  users: { name: string; user: From<z.output<typeof user>> }[];
}

/** Messages never quote the file: it holds credentials. */
async function documentIn(file: string): Promise<From<Kubeconfig>> {
  const content = await readFile(file, 'utf8').catch(() => {
    throw new CliError(`${file} cannot be read`, 'Check --kubeconfig.');
  });
  try {
    return { ...kubeconfig.parse(parse(content)), file };
  } catch {
    throw new CliError(`${file} is no kubeconfig`, 'Check --kubeconfig.');
  }
}

/** In the order of the files: the first of a name counts, as for kubectl. */
function merged(documents: readonly From<Kubeconfig>[]): Merged {
  return {
    current: documents.map((one) => one['current-context']).find(Boolean),
    clusters: documents.flatMap(({ clusters, file }) =>
      clusters.map(({ name, cluster }) => ({ name, cluster: { ...cluster, file } })),
    ),
    contexts: documents.flatMap(({ contexts }) => contexts),
    users: documents.flatMap(({ users, file }) =>
      users.map(({ name, user: login }) => ({ name, user: { ...login, file } })),
    ),
  };
}

function pathOf({ file }: { file: string }, path: string): string {
  return resolve(dirname(file), path);
}

/** A context with its cluster and its user; undefined when there is no such context, or when it names no cluster. */
function chosen(document: Merged, wanted: string | undefined) {
  const name = wanted ?? document.current;
  const context = document.contexts.find((one) => one.name === name)?.context;
  const cluster = document.clusters.find((one) => one.name === context?.cluster)?.cluster;
  const login = document.users.find((one) => one.name === context?.user)?.user ?? { file: '' };
  return name === undefined || cluster === undefined ? undefined : { name, cluster, login };
}

/** Only certificates leave the file: somebody else may have named it. */
async function authorityData(cluster: From<z.output<typeof place>>): Promise<string | undefined> {
  const { 'certificate-authority-data': data, 'certificate-authority': path } = cluster;
  if (data !== undefined || path === undefined) return data;
  const from = pathOf(cluster, path);
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
