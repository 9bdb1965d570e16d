import { DELIMITER } from '../names.ts';
import { namespaceName } from '../registry/fields.ts';
import { ACCEPT_ANNOTATION, parseAccept } from '../route/accept.ts';
import type { AddCommand } from './command.ts';
import { examples } from './command.ts';
import { CliError } from './terminal/failure.ts';
import type { ExitCode, Io } from './terminal/io.ts';
import { EXIT, note, say } from './terminal/io.ts';
import { yamlText } from './terminal/print.ts';
import { collect } from './connect/flags.ts';

const HELP = examples(
  'vaultcast namespace app-1 --accept app-1-- --user OBJECT_ID | kubectl apply -f -',
  'vaultcast namespace app-1 --accept team/app-1-- --accept shared--smtp--password > app-1.yaml',
);

interface NamespaceOptions {
  accept: string[];
  user?: string;
}

export const addNamespace: AddCommand = (command, context) => {
  command
    .argument('<name>', 'name of the namespace')
    .requiredOption(
      '--accept <entry>',
      '[VAULT/]PREFIX-- or [VAULT/]SECRET that the namespace accepts; repeatable',
      collect,
    )
    .option('--user <name>', "the app's identity as the API server knows it: its object id")
    .addHelpText('after', HELP)
    .action((name: string, options: NamespaceOptions) => {
      context.finish(printNamespace(name, options, context.io));
    });
};

/** Names of what infra/kubernetes installs. */
const SECRETS_ROLE = 'vaultcast-secrets';
const ROLE_BINDING = 'vaultcast';
const PLACEHOLDER = 'PUSHER_USER';

/** Contacts nobody: whoever owns the namespace applies what is printed. */
function printNamespace(name: string, { accept, user }: NamespaceOptions, io: Io): ExitCode {
  if (!namespaceName.safeParse(name).success)
    throw new CliError(
      `${JSON.stringify(name)} is no namespace name`,
      'Lower case letters, digits and "-", at most 63.',
      EXIT.usage,
    );
  say(io, yamlText(namespaceManifests(name, acceptText(accept), user)));
  for (const entry of accept.filter(isPrefixLike))
    note(io, `${entry.trim()} is one secret of that name. For all that begin so: --accept ${entry.trim()}--`);
  if (user === undefined)
    note(io, `Replace ${PLACEHOLDER} with the user name of the app's identity, or give it with --user.`);
  return EXIT.ok;
}

/** What lets a namespace receive secrets. Without a user a placeholder stands in the RoleBinding. */
export function namespaceManifests(name: string, accept: string, user: string | undefined): object[] {
  return [namespaceManifest(name, accept), roleBinding(name, user ?? PLACEHOLDER)];
}

/** A whole name of one segment: hardly anybody has a secret called so, and many forget the end of a prefix. */
function isPrefixLike(entry: string): boolean {
  const [name = ''] = entry.trim().split('/').slice(-1);
  return !name.includes(DELIMITER);
}

function acceptText(entries: readonly string[]): string {
  const annotation = entries.map((entry) => entry.trim()).join(',');
  const { invalid } = parseAccept(annotation);
  if (invalid.length === 0) return annotation;
  throw new CliError(
    `--accept ${invalid.map((entry) => JSON.stringify(entry)).join(', ')} accepts nothing`,
    'Write app-1-- (all secrets that begin so) or app-1--pg--password (this one), with VAULT/ before it if need be.',
    EXIT.usage,
  );
}

function namespaceManifest(name: string, accept: string): object {
  const metadata = { name, annotations: { [ACCEPT_ANNOTATION]: accept } };
  return { apiVersion: 'v1', kind: 'Namespace', metadata };
}

function roleBinding(namespace: string, user: string): object {
  const rbac = 'rbac.authorization.k8s.io';
  return {
    apiVersion: `${rbac}/v1`,
    kind: 'RoleBinding',
    metadata: { name: ROLE_BINDING, namespace },
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: SECRETS_ROLE },
    subjects: [{ apiGroup: rbac, kind: 'User', name: user }],
  };
}
