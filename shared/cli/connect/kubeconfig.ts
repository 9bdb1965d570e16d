import type { RequestOptions } from 'node:https';
// By name, not as a whole: the bundle then leaves out what makes up five sixths of it.
import { KubeConfig } from '@kubernetes/client-node';
import { CliError } from '../terminal/failure.ts';
import { harmless } from '../terminal/text.ts';

/** The person's own kubeconfigs as one, at a context. Throws CliError, also where the server could be anybody. */
export function loadConfig(files: readonly string[], context: string | undefined): KubeConfig {
  const config = new KubeConfig();
  config.loadFromOptions(merged(files.map(loaded)));
  if (context !== undefined) config.setCurrentContext(context);
  const name = config.getCurrentContext();
  if (config.getContextObject(name) === null)
    throw new CliError(
      name === '' ? 'the kubeconfig has no current context' : `the kubeconfig has no context ${name}`,
      `Give --context. Contexts: ${config.contexts.map((one) => one.name).join(', ') || 'none'}`,
    );
  const cluster = config.getCurrentCluster();
  if (cluster?.server.startsWith('https://') && !cluster.skipTLSVerify) return config;
  throw new CliError(
    `context ${name} names no cluster whose identity can be verified`,
    'It needs an https server, and no insecure-skip-tls-verify.',
  );
}

function loaded(file: string): KubeConfig {
  const config = new KubeConfig();
  try {
    config.loadFromFile(file);
    return config;
  } catch {
    // The parser quotes its input, which holds credentials.
    throw new CliError(`${file} cannot be read`, 'Check --kubeconfig.');
  }
}

/** What an earlier file says of a name counts, as for kubectl. */
function merged(configs: readonly KubeConfig[]): object {
  return {
    clusters: firstOfName(configs.flatMap(({ clusters }) => clusters)),
    users: firstOfName(configs.flatMap(({ users }) => users)),
    contexts: firstOfName(configs.flatMap(({ contexts }) => contexts)),
    currentContext: configs.map(({ currentContext }) => currentContext).find(Boolean) ?? '',
  };
}

function firstOfName<T extends { name: string }>(items: readonly T[]): T[] {
  return items.filter((item, index) => items.findIndex(({ name }) => name === item.name) === index);
}

const LONGEST = 500;

/** Certificates and token. May run the plugin of the kubeconfig, as kubectl would: it is the person's own. */
export async function loginOf(config: KubeConfig): Promise<RequestOptions> {
  const options: RequestOptions = {};
  try {
    await config.applyToHTTPSOptions(options);
  } catch (error) {
    throw new CliError(`the kubeconfig gives no login${whyOf(config, error)}`, 'Try: kubectl auth whoami');
  }
  return options;
}

/** What a plugin says on stderr is for the person, who would see it with kubectl; what it prints otherwise is a credential. */
function whyOf(config: KubeConfig, error: unknown): string {
  const command = pluginOf(config);
  if (command === undefined || !(error instanceof Error) || error instanceof SyntaxError) return '';
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return `: its plugin ${command} is not installed`;
  const said = harmless(error.message.trim().replaceAll(/\s+/g, ' ')).slice(0, LONGEST);
  return said === '' ? `: its plugin ${command} failed` : `: its plugin ${command} says: ${said}`;
}

function pluginOf(config: KubeConfig): string | undefined {
  const exec: unknown = config.getCurrentUser()?.exec;
  if (typeof exec !== 'object' || exec === null) return undefined;
  const command: unknown = Reflect.get(exec, 'command');
  return typeof command === 'string' ? harmless(command) : undefined;
}
