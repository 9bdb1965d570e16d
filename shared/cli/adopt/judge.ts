import { readNamespace } from '../../adapters/kubernetes/objects.ts';
import type { TargetRef } from '../../names.ts';
import type { Ports } from '../../ports.ts';
import type { Cluster, Route } from '../../registry/document.ts';
import { consentRefusal } from '../../route/consent.ts';
import type { LiveSecret } from '../../target/secret.ts';
import { namespacePath } from '../connect/cluster.ts';
import type { PersonCluster } from '../connect/cluster.ts';
import { claimsOn } from './claims.ts';
import { ADOPTED, decideAdoption, isAdopted, refuse } from './decide.ts';
import type { Decision } from './decide.ts';
import { makeOf } from './making.ts';
import { ownerClaims, ownersOf, withoutGone } from './owners.ts';
import { claimsOf } from './routes.ts';
import { writerClaims, writersIn } from './writers.ts';

/** What an adoption is judged by, the same for all Secrets of one command. */
interface Adopting {
  person: PersonCluster;
  cluster: Cluster;
  /** That may own them. */
  routes: readonly Route[];
  vault: Ports['vault'];
  instance: string;
  forceOwner: boolean;
}

/** Gives of each Secret what is to be done with it: it is adopted only if the app would deliver the same one there. */
export function adoptionBy(adopting: Adopting, signal: AbortSignal) {
  const { person, routes, vault, instance } = adopting;
  const claimTo = claimsOf(routes, vault, signal);
  const writersOf = writersIn(person);
  return async (live: LiveSecret, target: TargetRef): Promise<Decision> => {
    if (routes.some((route) => isAdopted(live, { target, route, instance }))) return ADOPTED;
    const claim = await claimTo(target);
    if (typeof claim === 'string') return refuse(claim);
    const { route, sources } = claim;
    const notAccepted = await consentProblem(target, sources, { ...adopting, route });
    if (notAccepted !== undefined) return refuse(notAccepted);
    const making = await makeOf(sources, { ...claim, vault }, signal);
    if (making.state === 'refused') return refuse(making.why);
    const { rendering: rendered, silent } = making;
    const owners = await ownersOf(live.ownerReferences, target.namespace, person);
    const writers = await writersOf(target.namespace, target.name);
    const names = owners.map(({ name }) => name);
    // They would write it back, or delete it. What a tool left behind that has let go is no reason.
    const claims = [
      ...ownerClaims(owners),
      ...writerClaims(writers, live, names),
      ...claimsOn(live, target, route, instance),
    ];
    const ownerReferences = withoutGone(live.ownerReferences, owners);
    return decideAdoption(live, { ...adopting, target, route, rendered, silent, claims, ownerReferences });
  };
}

/** The first source that the namespace does not accept: the app would not deliver it. */
async function consentProblem(
  target: TargetRef,
  sources: readonly string[],
  { person, cluster, route }: Pick<Adopting, 'person' | 'cluster'> & { route: Route },
): Promise<string | undefined> {
  const looked = await person.get(namespacePath(target.namespace));
  if (looked.state === 'refused') return looked.why;
  const namespace = looked.state === 'found' ? readNamespace(looked.body) : undefined;
  for (const source of sources) {
    const refusal = consentRefusal({ ref: target, route, cluster }, namespace, source);
    if (refusal !== undefined) return refusal.message;
  }
  return undefined;
}
