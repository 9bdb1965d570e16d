import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { CliError } from '../terminal/failure.ts';
import type { Io } from '../terminal/io.ts';
import { EXIT } from '../terminal/io.ts';
import { yamlText } from '../terminal/print.ts';

/** What a connection string, or a signature in a URL, is not. */
function isAddress(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url?.protocol === 'https:' && `${url.username}${url.password}${url.search}${url.hash}` === '';
}

const address = z.string().refine(isAddress, { error: 'must be an https address, and no more than that' });

const place = z.strictObject({
  registry: address,
  storage: address.optional(),
  vaults: z.record(z.string(), address).optional(),
  instance: z.string().optional(),
});

const contextFile = z.strictObject({
  apiVersion: z.literal('vaultcast.dev/v1'),
  kind: z.literal('Config'),
  currentContext: z.string().optional(),
  contexts: z.record(z.string(), place),
});

/** Where one deployment is: addresses of its registry, its queues and its vaults by their aliases, and its instance. */
type Place = z.output<typeof place>;

/** Places by name, and which one counts when nobody says. */
interface ContextFile {
  currentContext?: string | undefined;
  contexts: Record<string, Place>;
}

/** As XDG and Windows have it; undefined where the environment names no folder of the person. */
export function contextFilePath(env: Io['env']): string | undefined {
  if (env['VAULTCAST_CONFIG']) return env['VAULTCAST_CONFIG'];
  const folder = env['XDG_CONFIG_HOME'] || env['APPDATA'] || (env['HOME'] && join(env['HOME'], '.config'));
  return folder ? join(folder, 'vaultcast', 'config.yaml') : undefined;
}

/** Without a file there are no contexts. Throws CliError for one that is not understood; what is in it is not quoted. */
export async function readContextFile(env: Io['env']): Promise<ContextFile> {
  const path = contextFilePath(env);
  const text = path === undefined ? undefined : await textOf(path);
  if (path === undefined || text === undefined) return { contexts: {} };
  const { data, error } = contextFile.safeParse(documentIn(path, text));
  if (data !== undefined) return data;
  const [issue] = error.issues;
  throw unusable(path, `${issue?.path.join('.') || 'the file'}: ${issue?.message ?? 'not understood'}`);
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = String((error as NodeJS.ErrnoException).code);
    if (code === 'ENOENT') return undefined;
    throw unusable(path, `it cannot be read (${code})`);
  }
}

function documentIn(path: string, text: string): unknown {
  try {
    return parse(text);
  } catch {
    throw unusable(path, 'it is no YAML');
  }
}

function unusable(path: string, why: string): CliError {
  return new CliError(
    `the contexts in ${path} cannot be used: ${why}`,
    'Correct that file, or move it away and start again with: vaultcast context set',
  );
}

/** Throws CliError: another deployment than the one that was meant would be worse than none. */
export function placeIn({ contexts }: ContextFile, name: string): Place {
  const place = Object.hasOwn(contexts, name) ? contexts[name] : undefined;
  if (place !== undefined) return place;
  const names = Object.keys(contexts);
  const known = names.length === 0 ? 'There are none yet' : `There are ${names.join(', ')}`;
  throw new CliError(
    `there is no context ${name}`,
    `${known}. A new one: vaultcast context set ${name} --registry-account NAME`,
    EXIT.usage,
  );
}

/** A place in the words of the environment, by which every command reads it. */
export function settingsOf({ registry, storage, vaults, instance }: Place): Record<string, string> {
  const aliases = Object.entries(vaults ?? {}).map(([alias, url]) => `${alias}=${url}`);
  return {
    REGISTRY__tableServiceUri: registry,
    ...(storage === undefined ? {} : { AzureWebJobsStorage__queueServiceUri: storage }),
    ...(aliases.length === 0 ? {} : { VAULTS: aliases.join(',') }),
    ...(instance === undefined ? {} : { INSTANCE: instance }),
  };
}

/** Renamed into place: a command that runs meanwhile sees the old file or the new one. */
export async function writeContextFile(env: Io['env'], file: ContextFile): Promise<string> {
  const path = contextFilePath(env);
  if (path === undefined)
    throw new CliError('there is no place for contexts', 'Set VAULTCAST_CONFIG to the path of a file.');
  const { currentContext, contexts } = file;
  const document = {
    apiVersion: 'vaultcast.dev/v1',
    kind: 'Config',
    ...(currentContext === undefined ? {} : { currentContext }),
    contexts,
  };
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.new`, `${yamlText([document])}\n`, { mode: 0o600 });
  await rename(`${path}.new`, path);
  return path;
}
