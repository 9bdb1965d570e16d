import { readNamespace, readSecret } from '../../adapters/kubernetes/objects.ts';
import type { TargetRef } from '../../names.ts';
import type { KeyVault } from '../../ports.ts';
import type { Cluster, Route } from '../../registry/document.ts';
import { consentRefusal } from '../../route/consent.ts';
import type { LiveSecret } from '../../target/secret.ts';
import { namespacePath, secretPath } from '../connect/cluster.ts';
import type { PersonCluster } from '../connect/cluster.ts';
import { ADOPTED, decideAdoption, isAdopted, refuse } from './decide.ts';
import type { Decision } from './decide.ts';
import { makeOf } from './making.ts';
import { ownersOf } from './owners.ts';
import type { Claims } from './routes.ts';
import type { writersIn } from './writers.ts';

/** A Secret as it stands, and what is to be done with it. */
export interface Judged {
  target: TargetRef;
  /** The Secret as the API server sent it. */
  raw: object;
  decision: Decision;
}

/** One after the other: they are few, and a person reads along. What one comes to stops no other. */
export async function judgeAll(
  targets: readonly TargetRef[],
  person: PersonCluster,
  decide: (live: LiveSecret, target: TargetRef) => Promise<Decision> | Decision,
): Promise<Judged[]> {
  const judged: Judged[] = [];
  for (const target of targets) {
    const looked = await person.get(secretPath(target.namespace, target.name));
    if (looked.state === 'absent') judged.push({ target, raw: {}, decision: refuse('it does not exist') });
    else if (looked.state === 'refused') judged.push({ target, raw: {}, decision: refuse(looked.why) });
    else {
      const live = readSecret(looked.body, target);
      judged.push({ target, raw: looked.body as object, decision: await decide(live, target) });
    }
  }
  return judged;
}

/** What an adoption is judged by, the same for all Secrets of one command. */
interface Adopting {
  person: PersonCluster;
  cluster: Cluster;
  /** That may own them. */
  routes: readonly Route[];
  vault: KeyVault;
  claims: Claims;
  writers: ReturnType<typeof writersIn>;
  instance: string;
  forceOwner: boolean;
}

/** A Secret is adopted only if the app would deliver the same one there. */
export async function judgeAdoption(
  live: LiveSecret,
  target: TargetRef,
  adopting: Adopting,
  signal: AbortSignal,
): Promise<Decision> {
  const { person, writers, routes, instance } = adopting;
  if (routes.some((route) => isAdopted(live, { target, route, instance }))) return ADOPTED;
  const claim = await adopting.claims(target);
  if (typeof claim === 'string') return refuse(claim);
  const { route, sources } = claim;
  const notAccepted = await consentProblem(target, sources, { ...adopting, route });
  if (notAccepted !== undefined) return refuse(notAccepted);
  const making = await makeOf(sources, { ...claim, vault: adopting.vault }, signal);
  if (making.state === 'refused') return refuse(making.why);
  const { rendering: rendered, silent } = making;
  const behind = {
    owners: await ownersOf(live.ownerReferences, target.namespace, person),
    writers: await writers(target.namespace, target.name),
  };
  return decideAdoption(live, { ...adopting, target, route, rendered, silent, behind });
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
