import { stringify } from 'yaml';
import { namespaceName } from '../registry/fields.ts';
import { ACCEPT_ANNOTATION, parseAccept } from '../route/accept.ts';
import type { Context } from './command.ts';
import { CliError } from './failure.ts';
import type { ExitCode } from './io.ts';
import { EXIT, say } from './io.ts';
import type { NamespaceOptions } from './namespace.ts';

const RBAC = 'rbac.authorization.k8s.io';

/** The ClusterRole that infra/kubernetes brings. */
const ROLE = 'vaultcast-secrets';

/**
 * Prints a Namespace, with nothing but its consent, and the RoleBinding that lets vaultcast write its Secrets.
 * @throws CliError when the API server or the grammar of the annotation would not take them
 */
export function printNamespace(
  name: string,
  { accept, user }: NamespaceOptions,
  { io }: Pick<Context, 'io'>,
): ExitCode {
  check(name, accept, user);
  say(
    io,
    [consent(name, accept.join(',')), binding(name, user)]
      .map((manifest) => stringify(manifest))
      .join('---\n')
      .trimEnd(),
  );
  return EXIT.ok;
}

function check(name: string, accept: readonly string[], user: string): void {
  if (!namespaceName.safeParse(name).success)
    throw usage(
      `${JSON.stringify(name)} is no namespace name`,
      'Use lower case letters, digits and "-", at most 63.',
    );
  const { invalid } = parseAccept(accept.join(','));
  if (invalid.length > 0)
    throw usage(
      `--accept ${invalid.map((entry) => JSON.stringify(entry)).join(', ')} would accept nothing`,
      'Give a prefix such as app-1--, a whole secret name, or one of either after VAULT/.',
    );
  if (user.trim() === '') throw usage('--user is empty', 'Give the object id of the identity of the app.');
}

const usage = (message: string, advice: string): CliError => new CliError(message, advice, EXIT.usage);

function consent(name: string, accept: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, annotations: { [ACCEPT_ANNOTATION]: accept } },
  };
}

function binding(namespace: string, user: string): object {
  return {
    apiVersion: `${RBAC}/v1`,
    kind: 'RoleBinding',
    metadata: { name: 'vaultcast', namespace },
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: ROLE },
    subjects: [{ apiGroup: RBAC, kind: 'User', name: user }],
  };
}
