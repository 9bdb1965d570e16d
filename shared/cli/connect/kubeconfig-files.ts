import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { CliError } from '../terminal/failure.ts';
import type { Io } from '../terminal/io.ts';

/** The flag of every command that reads a kubeconfig. */
export const KUBECONFIG = '--kubeconfig <file>';
export const KUBECONFIG_DEFAULT = 'default: the files of KUBECONFIG, or ~/.kube/config, as for kubectl';

/**
 * The kubeconfigs that kubectl would read, in its order: what an earlier one says of a name counts. Throws CliError when there
 * is none. https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/#merging-kubeconfig-files
 */
export function kubeconfigFiles(file: string | undefined, env: Io['env']): string[] {
  if (file !== undefined) return [file];
  const listed = (env['KUBECONFIG'] ?? '').split(delimiter).filter((name) => name !== '');
  const candidates = listed.length > 0 ? listed : [join(env['HOME'] ?? homedir(), '.kube', 'config')];
  const found = candidates.filter((name) => existsSync(name));
  if (found.length > 0) return found;
  throw new CliError(
    `there is no kubeconfig: ${candidates.join(', ')} does not exist`,
    'Give --kubeconfig, or set KUBECONFIG.',
  );
}
