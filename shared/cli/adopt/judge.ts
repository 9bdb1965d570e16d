import { readNamespace, readSecret } from '../../adapters/kubernetes/objects.ts';
import type { TargetRef } from '../../names.ts';
import type { KeyVault } from '../../ports.ts';
import type { Cluster, Route } from '../../registry/document.ts';
import { RenderRefusal } from '../../render/refusal.ts';
import { render } from '../../render/render.ts';
import type { Rendering } from '../../render/render.ts';
import { consentRefusal } from '../../route/consent.ts';
import { hasTags } from '../../route/selection.ts';
import { sourcesAmong } from '../../route/targets.ts';
import { contributionOf } from '../../source/contribution.ts';
import type { Listing } from '../../source/source.ts';
import type { LiveSecret } from '../../target/secret.ts';
import { namespacePath, secretPath } from '../connect/cluster.ts';
import type { PersonCluster } from '../connect/cluster.ts';
import { readSources } from '../render/sources.ts';
import { decideAdoption, refuse } from './decide.ts';
import type { Decision } from './decide.ts';

/** A Secret as it stands, and what is to be done with it. */
export interface Judged {
  target: TargetRef;
  /** The Secret as the API server sent it. */
  raw: object;
  decision: Decision;
}

/** One after the other: they are few, and a person reads along. */
export async function judgeAll(
  targets: readonly TargetRef[],
  person: PersonCluster,
  decide: (live: LiveSecret, target: TargetRef) => Promise<Decision> | Decision,
): Promise<Judged[]> {
  const judged: Judged[] = [];
  for (const target of targets) {
    const raw = await person.get(secretPath(target.namespace, target.name));
    if (raw === undefined) judged.push({ target, raw: {}, decision: refuse('it does not exist') });
    else judged.push({ target, raw: raw as object, decision: await decide(readSecret(raw, target), target) });
  }
  return judged;
}

/** What an adoption is judged by, the same for all Secrets of one command. */
interface Adopting {
  person: PersonCluster;
  cluster: Cluster;
  route: Route;
  vault: KeyVault;
  listing: Listing;
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
  const { route, instance, forceOwner } = adopting;
  const sources = sourcesOf(target, adopting);
  if (sources.length === 0)
    return refuse(`route ${route.metadata.name} makes no such Secret from what the vault holds`);
  const notAccepted = await consentProblem(target, sources, adopting);
  if (notAccepted !== undefined) return refuse(notAccepted);
  const made = await renderLocally(route, sources, adopting.vault, signal);
  if (made.state === 'refused') return refuse(made.why);
  return decideAdoption(live, { target, route, instance, rendered: made.rendering, forceOwner });
}

/** The secrets that feed the target now, by the listing. */
function sourcesOf(target: TargetRef, { route, listing }: Adopting): string[] {
  const tagged = [...listing.secrets].flatMap(([name, { tags }]) => (hasTags(route, tags) ? [name] : []));
  return sourcesAmong(route, target, tagged);
}

/** The first source that the namespace does not accept: the app would not deliver it. */
async function consentProblem(
  target: TargetRef,
  sources: readonly string[],
  { person, cluster, route }: Adopting,
): Promise<string | undefined> {
  const namespace = readNamespace(await person.get(namespacePath(target.namespace)));
  for (const source of sources) {
    const refusal = consentRefusal({ ref: target, route, cluster }, namespace, source);
    if (refusal !== undefined) return refusal.message;
  }
  return undefined;
}

/** What the route would write, with the person's own sign-in. */
async function renderLocally(
  route: Route,
  names: readonly string[],
  vault: KeyVault,
  signal: AbortSignal,
): Promise<{ state: 'rendered'; rendering: Rendering } | { state: 'refused'; why: string }> {
  const sources = await readSources(vault, route.spec.vault, names, signal);
  for (const [name, source] of sources)
    if (source.state === 'unreadable')
      return { state: 'refused', why: `secret ${name} cannot be read by you: ${source.failure.message}` };
  const contributions = [...sources].map(
    ([name, source]) => [name, contributionOf(source, route, undefined, false)] as const,
  );
  try {
    return { state: 'rendered', rendering: await render(route, new Map(contributions), undefined) };
  } catch (error) {
    if (error instanceof RenderRefusal) return { state: 'refused', why: error.message };
    throw error;
  }
}
