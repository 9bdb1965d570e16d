import type { Cluster } from '../registry/document.ts';
import { parseAccept } from '../route/accept.ts';
import { describeAccess, takingPart } from './access.ts';
import { assignRole } from './azure.ts';
import type { Inspection } from './inspection.ts';
import { policyVerdicts } from './policy.ts';
import { fail, listed, ok, warn } from './verdict.ts';
import type { Verdict } from './verdict.ts';

/** What the identity may do, what it should not be able to do, what the policy refuses, and who accepts what. */
export function rightsVerdicts(inspection: Inspection, cluster: Cluster): Verdict[] {
  const { access, ended } = inspection;
  if (ended !== undefined || inspection.user === undefined) return [];
  const user = quoted(inspection.user.name);
  return [
    ...clusterVerdicts(access, cluster, user),
    ...secretVerdicts(access, cluster, user),
    ...excessVerdicts(access, user),
    ...policyVerdicts(inspection, cluster, user),
    ...(inspection.namespaces === undefined ? [] : acceptVerdicts(inspection, cluster)),
  ];
}

/** Fits a shell command. */
const quoted = (user = 'USER'): string => `'${user.replaceAll("'", '')}'`;

/** Who decided: Kubernetes' own RBAC, or Azure's, which another command mends. */
const byAzure = (denied: Inspection['access']): boolean => denied.some((one) => one.byAzure === true);
const AZURE = ': Azure RBAC decides in this cluster';
const idOf = ({ spec }: Cluster): string => spec.aks ?? 'CLUSTER_ID';

function clusterVerdicts(access: Inspection['access'], cluster: Cluster, user: string): Verdict[] {
  const needed = access.filter(({ use, namespace }) => use === 'needed' && namespace === undefined);
  if (needed.length === 0) return [];
  const denied = needed.filter(({ allowed }) => !allowed);
  if (denied.length === 0) return [ok('permission', describeAccess(needed).join('; '))];
  const isSecrets = denied.some(({ resource }) => resource === 'secrets');
  const found = `may not ${describeAccess(denied).join('; ')}`;
  if (byAzure(denied)) {
    const fix = assignRole(isSecrets ? 'secrets' : 'namespaces', idOf(cluster), user);
    return [fail('permission', found + AZURE, fix)];
  }
  const folder = isSecrets ? 'cluster-wide' : 'base';
  const fix = `kubectl apply -k a copy of infra/kubernetes/example with ../${folder}`;
  return [fail('permission', found, fix)];
}

const bind = (namespace: string, user: string): string =>
  `kubectl create rolebinding vaultcast -n ${namespace} --clusterrole=vaultcast-secrets --user=${user}`;

function secretVerdicts(access: Inspection['access'], cluster: Cluster, user: string): Verdict[] {
  const secrets = access.filter(({ use, namespace }) => use === 'needed' && namespace !== undefined);
  const byNamespace = Map.groupBy(secrets, ({ namespace }) => namespace ?? '');
  const complete = [...byNamespace].filter(([, all]) => all.every(({ allowed }) => allowed));
  const lacking = [...byNamespace].filter(([, all]) => all.some(({ allowed }) => !allowed));
  return [
    ...(complete.length === 0
      ? []
      : [ok('permission', `reads and writes Secrets in ${listed(complete.map(([name]) => name))}`)]),
    ...lacking.map(([namespace, all]) => {
      const denied = all.filter(({ allowed }) => !allowed);
      const found = `may not ${denied.map(({ verb }) => verb).join(', ')} secrets in namespace ${namespace}`;
      if (byAzure(denied)) {
        const scope = `${idOf(cluster)}/namespaces/${namespace}`;
        return fail('permission', found + AZURE, assignRole('secrets', scope, user));
      }
      return fail('permission', found, bind(namespace, user));
    }),
  ];
}

/** So many rights to a line, that none of them is cut off: a row of `Runs` keeps lines of about 1000 characters. */
const RIGHTS_PER_LINE = 8;

/** Says what was asked: no answer covers what was not. Of many namespaces the first ones stand for the others. */
function excessVerdicts(access: Inspection['access'], user: string): Verdict[] {
  const asked = access.filter(({ use }) => use === 'excess');
  const excess = asked.filter(({ allowed }) => allowed);
  if (asked.length === 0) return [];
  if (excess.length === 0) return deniedVerdicts(describeAccess(asked));
  const fix = `find and delete the binding that gives it: kubectl get clusterrolebindings,rolebindings -A -o wide | grep ${user}`;
  return describeAccess(excess).map((one) => warn('excess', `may ${one}, and need not`, fix));
}

function deniedVerdicts(rights: readonly string[]): Verdict[] {
  const lines = Array.from({ length: Math.ceil(rights.length / RIGHTS_PER_LINE) }, (_, at) =>
    rights.slice(at * RIGHTS_PER_LINE, (at + 1) * RIGHTS_PER_LINE),
  );
  return lines.map((some) =>
    ok('excess', `was asked for and is denied, as it should be: ${some.join(', ')}`),
  );
}

function acceptVerdicts(inspection: Inspection, { metadata, spec }: Cluster): Verdict[] {
  const namespaces = inspection.namespaces ?? [];
  const part = takingPart(namespaces);
  const entries = (accept: string | undefined): string =>
    listed(parseAccept(accept).entries.map(({ vault, name }) => (vault ? `${vault}/${name}` : name)));
  const nobody = warn(
    'accept',
    'no namespace accepts anything',
    'kubectl annotate namespace NAME vaultcast.dev/accept=PREFIX-- (the namespace owner does)',
  );
  const off = warn(
    'accept',
    'consent is switched off: every namespace gets whatever routes send',
    `take ${metadata.name} out of CONSENT_NOT_REQUIRED, a setting of the app`,
  );
  return [
    ...part.map(({ name, accept }) => ok('accept', `namespace ${name} accepts ${entries(accept)}`)),
    ...(part.length === 0 && spec.requireConsent ? [nobody] : []),
    ...(spec.requireConsent ? [] : [off]),
    ...namespaces.flatMap(({ name, accept }) => invalidVerdict(name, accept)),
  ];
}

/** Counted, not quoted: an entry that follows no grammar is any text that somebody put there. */
function invalidVerdict(namespace: string, accept: string | undefined): Verdict[] {
  const { length } = parseAccept(accept).invalid;
  if (length === 0) return [];
  const entries = length === 1 ? '1 entry that is' : `${length} entries that are`;
  const found = `namespace ${namespace} has ${entries} empty or malformed: such accept nothing`;
  const fix = `kubectl annotate namespace ${namespace} --overwrite vaultcast.dev/accept=ENTRIES`;
  return [warn('accept', found, fix)];
}
