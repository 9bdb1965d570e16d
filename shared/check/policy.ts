import type { Cluster } from '../registry/document.ts';
import type { Inspection } from './inspection.ts';
import { PROBES } from './probes.ts';
import { fail, ok, warn } from './verdict.ts';
import type { Verdict } from './verdict.ts';

type Tried = NonNullable<Inspection['policy']>;
type Probed = Tried['probed'][number];

/** What the admission policy of a cluster refuses, and what it must let through. */
export function policyVerdicts({ policy }: Inspection, { spec }: Cluster, user: string): Verdict[] {
  if (policy !== undefined)
    return policy.probed.map((probed) => {
      const fix = `kubectl apply -k a copy of infra/kubernetes/example whose settings.yaml has user: ${user} and instance: ${policy.instance}`;
      if (probed.probe === 'own') return ownVerdict(probed, policy, fix);
      // Where consent is off, the policy is left out on purpose.
      return probeVerdict(probed, policy, fix, spec.requireConsent ? fail : warn);
    });
  const fix = 'let a namespace take part, then check again: vaultcast namespace NAME --accept PREFIX';
  return [warn('policy', 'not proven: there is no namespace that takes part where it may write', fix)];
}

function probeVerdict(
  { probe, outcome, why }: Probed,
  { namespace }: Tried,
  fix: string,
  missing: typeof fail,
): Verdict {
  const what = PROBES[probe];
  if (outcome === 'refused') return ok('policy', `${what} is refused in namespace ${namespace} by ${why}`);
  if (outcome === 'unclear')
    return warn('policy', `${what}: not proven in namespace ${namespace}: ${why}`, fix);
  const found = `${what} is let through in namespace ${namespace}: the policy is missing, or of an earlier release`;
  return missing('policy', found, fix);
}

/** Everything else is refused in vain where the policy takes the app for another instance, or another user. */
function ownVerdict({ outcome, why }: Probed, { namespace }: Tried, fix: string): Verdict {
  const what = PROBES.own;
  if (outcome === 'let through') return ok('policy', `${what} is let through in namespace ${namespace}`);
  const found = `${what} is refused in namespace ${namespace} by ${why}`;
  return outcome === 'refused'
    ? fail('policy', found, fix)
    : warn('policy', `${what}: not proven in namespace ${namespace}: ${why}`, fix);
}
