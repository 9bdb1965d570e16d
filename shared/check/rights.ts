import type { Cluster } from '../registry/document.ts';
import { parseAccept } from '../route/accept.ts';
import { describeAccess, takingPart } from './access.ts';
import type { Granted, Inspection, Probed } from './inspection.ts';
import { PROBES } from './probes.ts';
import { fail, listed, ok, warn } from './verdict.ts';
import type { Verdict } from './verdict.ts';

/** Fits a shell command: names of users come from the cluster. */
const quoted = (user: string | undefined): string => `'${(user ?? 'USER').replaceAll("'", '')}'`;

const bind = (namespace: string, user: string): string =>
  `kubectl create rolebinding vaultcast -n ${namespace} --clusterrole=vaultcast-secrets --user=${user}`;

function secretVerdicts(access: readonly Granted[], user: string): Verdict[] {
  const secrets = access.filter(({ use, namespace }) => use === 'needed' && namespace !== undefined);
  const byNamespace = Map.groupBy(secrets, ({ namespace }) => namespace ?? '');
  const complete = [...byNamespace].filter(([, all]) => all.every(({ allowed }) => allowed));
  const lacking = [...byNamespace].filter(([, all]) => all.some(({ allowed }) => !allowed));
  return [
    ...(complete.length === 0
      ? []
      : [ok('permission', `reads and writes Secrets in ${listed(complete.map(([name]) => name))}`)]),
    ...lacking.map(([namespace, all]) => {
      const verbs = all.filter(({ allowed }) => !allowed).map(({ verb }) => verb);
      const found = `may not ${verbs.join(', ')} secrets in namespace ${namespace}`;
      return fail('permission', found, bind(namespace, user));
    }),
  ];
}

function clusterVerdicts(access: readonly Granted[]): Verdict[] {
  const needed = access.filter(({ use, namespace }) => use === 'needed' && namespace === undefined);
  if (needed.length === 0) return [];
  const denied = needed.filter(({ allowed }) => !allowed);
  if (denied.length === 0) return [ok('permission', needed.map(describeAccess).join(', '))];
  const isSecrets = denied.some(({ resource }) => resource === 'secrets');
  const folder = isSecrets ? 'cluster-wide' : 'base';
  const mend = `kubectl apply -k a copy of infra/kubernetes/example with ../${folder}`;
  return [fail('permission', `may not ${denied.map(describeAccess).join(', ')}`, mend)];
}

function excessVerdicts(access: readonly Granted[], user: string): Verdict[] {
  const asked = access.filter(({ use }) => use === 'excess');
  const excess = asked.filter(({ allowed }) => allowed);
  if (asked.length === 0) return [];
  if (excess.length === 0) return [ok('excess', 'no right that vaultcast does not need')];
  const mend = `find and delete the binding that gives it: kubectl get clusterrolebindings,rolebindings -A -o wide | grep ${user}`;
  return excess.map((one) => warn('excess', `may ${describeAccess(one)}, and need not`, mend));
}

/** @param missing how bad it is that nobody refuses: where consent is off, the policy is left out on purpose */
function probeVerdict(
  { probe, outcome, why }: Probed,
  namespace: string,
  user: string,
  missing: typeof fail,
): Verdict {
  const what = PROBES[probe];
  const mend = `kubectl apply -k a copy of infra/kubernetes/example whose settings.yaml has user: ${user}`;
  if (outcome === 'refused') return ok('policy', `${what} is refused in namespace ${namespace} by ${why}`);
  if (outcome === 'unclear')
    return warn('policy', `${what}: not proven in namespace ${namespace}: ${why}`, mend);
  return missing('policy', `${what} is let through in namespace ${namespace}: the policy is missing`, mend);
}

function policyVerdicts({ policy }: Inspection, { spec }: Cluster, user: string): Verdict[] {
  const missing = spec.requireConsent ? fail : warn;
  if (policy !== undefined)
    return policy.probed.map((probed) => probeVerdict(probed, policy.namespace, user, missing));
  const mend = 'let a namespace take part, then check again: vaultcast namespace NAME --accept PREFIX';
  return [warn('policy', 'not proven: there is no namespace that takes part where it may write', mend)];
}

function acceptVerdicts(inspection: Inspection, { metadata, spec }: Cluster): Verdict[] {
  const namespaces = inspection.namespaces ?? [];
  const part = takingPart(namespaces);
  const entries = (accept: string | undefined): string =>
    listed(parseAccept(accept).entries.map(({ vault, name }) => (vault ? `${vault}/${name}` : name)));
  const invalid = namespaces.flatMap(({ name, accept }) => {
    const wrong = parseAccept(accept).invalid.map((entry) => JSON.stringify(entry));
    const mend = `kubectl annotate namespace ${name} --overwrite vaultcast.dev/accept=ENTRIES`;
    const found = `namespace ${name} has entries that accept nothing: ${listed(wrong)}`;
    return wrong.length === 0 ? [] : [warn('accept', found, mend)];
  });
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
    ...invalid,
  ];
}

/** What the identity may do, what it should not be able to do, what the policy refuses, and who accepts what. */
export function rightsVerdicts(inspection: Inspection, cluster: Cluster): Verdict[] {
  const { access, ended } = inspection;
  if (ended !== undefined || inspection.user === undefined) return [];
  const user = quoted(inspection.user);
  return [
    ...clusterVerdicts(access),
    ...secretVerdicts(access, user),
    ...excessVerdicts(access, user),
    ...policyVerdicts(inspection, cluster, user),
    ...(inspection.namespaces === undefined ? [] : acceptVerdicts(inspection, cluster)),
  ];
}
