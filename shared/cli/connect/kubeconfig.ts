import type { RequestOptions } from 'node:https';
// By name, not as a whole: the bundle then leaves out what makes up five sixths of it.
import { KubeConfig } from '@kubernetes/client-node';
import { CliError } from '../terminal/failure.ts';

/** The person's own kubeconfig, at a context. Throws CliError, also where the server could be anybody. */
export function loadConfig(file: string | undefined, context: string | undefined): KubeConfig {
  const config = new KubeConfig();
  try {
    if (file === undefined) config.loadFromDefault();
    else config.loadFromFile(file);
  } catch {
    throw new CliError(`${file ?? 'the kubeconfig'} cannot be read`, 'Check --kubeconfig.');
  }
  if (context !== undefined) config.setCurrentContext(context);
  const cluster = config.getCurrentCluster();
  if (cluster?.server.startsWith('https://') && !cluster.skipTLSVerify) return config;
  const contexts = config.contexts.map(({ name }) => name).join(', ');
  throw new CliError(
    `context ${context ?? config.getCurrentContext()} names no cluster whose identity can be verified`,
    `It needs an https server, and no insecure-skip-tls-verify. Contexts: ${contexts}`,
  );
}

/** Certificates and token. May run the plugin of the kubeconfig, as kubectl would: it is the person's own. */
export async function loginOf(config: KubeConfig): Promise<RequestOptions> {
  const options: RequestOptions = {};
  try {
    await config.applyToHTTPSOptions(options);
  } catch {
    throw new CliError('the kubeconfig gives no login', 'Try: kubectl auth whoami');
  }
  return options;
}
