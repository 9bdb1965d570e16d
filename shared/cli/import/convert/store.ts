import { at, listAt, textAt } from '../../connect/objects.ts';
import type { Obstacle } from '../draft.ts';
import { findingsIn } from '../known/fields.ts';
import { SECRET_STORE } from '../known/external-secret.ts';
import type { Surroundings } from '../surroundings.ts';
import { selects } from './selector.ts';

/** The origin of the vault behind a store that an ExternalSecret of this namespace names. */
export function vaultBehind(
  reference: unknown,
  namespace: string,
  surroundings: Surroundings,
): { vaultUrl: string } | Obstacle {
  const name = textAt(reference, 'name');
  const isCluster = textAt(reference, 'kind') === 'ClusterSecretStore';
  const kind = isCluster ? 'ClusterSecretStore' : 'SecretStore';
  const store = surroundings.store(kind, namespace, name);
  if (store === undefined)
    return {
      why: `its ${kind} ${name === '' ? '(none named)' : name} is not among what was read`,
      todo: 'Give its file with -f, too, or read all of it with --context.',
    };
  const [finding] = findingsIn(store, SECRET_STORE).filter(({ is }) => is !== 'differs');
  if (finding !== undefined)
    return { why: `${finding.field} of ${kind} ${name}: ${finding.why}`, todo: finding.todo };
  const closed = isCluster ? closedTo(store, namespace, name, surroundings) : undefined;
  return closed ?? vaultAt(textAt(store, 'spec', 'provider', 'azurekv', 'vaultUrl'), `${kind} ${name}`);
}

/** The origin of a Key Vault, however its URL is written. */
export function vaultAt(url: string, where: string): { vaultUrl: string } | Obstacle {
  if (URL.canParse(url) && new URL(url).protocol === 'https:') return { vaultUrl: new URL(url).origin };
  return { why: `${where} names no vault`, todo: 'Give it the URL of the vault.' };
}

/** Conditions of a ClusterSecretStore say which namespaces may use it: without any, all may. */
function closedTo(
  store: object,
  namespace: string,
  name: string,
  surroundings: Surroundings,
): Obstacle | undefined {
  const conditions = listAt(store, 'spec', 'conditions');
  if (conditions.length === 0) return undefined;
  const verdicts = conditions.map((one) =>
    isOpenTo(one, namespace, surroundings.namespace(namespace)?.labels),
  );
  if (verdicts.includes(true)) return undefined;
  return verdicts.includes(undefined)
    ? {
        why: `the conditions of ClusterSecretStore ${name} ask for labels of namespace ${namespace}, which was not read`,
        todo: 'Give the file of the Namespace with -f, too, or read all of it with --context.',
      }
    : {
        why: `the conditions of ClusterSecretStore ${name} keep namespace ${namespace} out`,
        todo: 'The operator delivers nothing there either: remove the object, or open the store to it.',
      };
}

/** undefined: only the labels of the namespace could tell. */
function isOpenTo(
  condition: unknown,
  namespace: string,
  labels: Readonly<Record<string, string>> | undefined,
): boolean | undefined {
  if (listAt(condition, 'namespaces').includes(namespace)) return true;
  if (listAt(condition, 'namespaceRegexes').some((regex) => isMatch(regex, namespace))) return true;
  const selector = at(condition, 'namespaceSelector');
  if (selector === undefined || selector === null) return false;
  return labels === undefined ? undefined : selects(selector, labels);
}

/** Go's expressions are a part of JavaScript's where they are used for names; one that is none opens nothing. */
function isMatch(regex: unknown, namespace: string): boolean {
  try {
    return new RegExp(String(regex)).test(namespace);
  } catch {
    return false;
  }
}
