import { readNamespace, readSecret } from '../../adapters/kubernetes/objects.ts';
import type { TargetRef } from '../../names.ts';
import type { Cluster } from '../../registry/document.ts';
import { consentRefusal } from '../../route/consent.ts';
import type { LiveSecret } from '../../target/secret.ts';
import { namespacePath, secretPath } from '../connect/cluster.ts';
import type { PersonCluster } from '../connect/cluster.ts';
import { ADOPTED, decideAdoption, isAdopted, refuse } from './decide.ts';
import type { Decision } from './decide.ts';
import { makeOf, sourcesOf } from './making.ts';
import type { RouteAndVault } from './making.ts';
import { ownersOf } from './owners.ts';
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
interface Adopting extends RouteAndVault {
  person: PersonCluster;
  cluster: Cluster;
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
  const { route, person, writers } = adopting;
  if (isAdopted(live, { ...adopting, target })) return ADOPTED;
  const sources = sourcesOf(target, adopting);
  if (sources.length === 0)
    return refuse(`route ${route.metadata.name} makes no such Secret from what the vault holds`);
  const notAccepted = await consentProblem(target, sources, adopting);
  if (notAccepted !== undefined) return refuse(notAccepted);
  const making = await makeOf(sources, adopting, signal);
  if (making.state === 'refused') return refuse(making.why);
  const { rendering: rendered, silent } = making;
  const behind = {
    owners: await ownersOf(live.ownerReferences, target.namespace, person),
    writers: await writers(target.namespace, target.name),
  };
  return decideAdoption(live, { ...adopting, target, rendered, silent, behind });
}

/** The first source that the namespace does not accept: the app would not deliver it. */
async function consentProblem(
  target: TargetRef,
  sources: readonly string[],
  { person, cluster, route }: Adopting,
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
