import { readNamespace, readSecret } from '../../adapters/kubernetes/objects.ts';
import type { TargetRef } from '../../names.ts';
import type { KeyVault } from '../../ports.ts';
import type { LiveSecret } from '../../target/secret.ts';
import type { Listing } from '../../source/source.ts';
import type { Cluster, Route } from '../../registry/document.ts';
import type { AdoptOptions } from './adopt.ts';
import { consentProblem, decideAdoption, decideRelease } from './decide.ts';
import type { Change } from './decide.ts';
import { renderLocally, sourcesOf } from './rendering.ts';
import { documentsOf, instanceOf, targetOf } from './terms.ts';
import { carryOutAdoption } from './write.ts';
import type { Judged } from './write.ts';
import type { Context } from '../command.ts';
import type { ExitCode } from '../terminal/io.ts';
import { namespacePath, openPersonCluster, secretPath } from '../connect/cluster.ts';
import type { PersonCluster } from '../connect/cluster.ts';

interface Adopting {
  person: PersonCluster;
  cluster: Cluster;
  route: Route;
  vault: KeyVault;
  listing: Listing;
  instance: string;
  forceOwner: boolean;
}

const refuse = (why: string): Change => ({ do: 'refuse', why });

async function decideOne(
  live: LiveSecret,
  target: TargetRef,
  { person, cluster, route, vault, listing, instance, forceOwner }: Adopting,
  signal: AbortSignal,
): Promise<Change> {
  const sources = sourcesOf(route, target, listing);
  if (sources.length === 0)
    return refuse(`route ${route.metadata.name} makes no such Secret from what the vault holds`);
  const namespace = readNamespace(await person.get(namespacePath(target.namespace)));
  const problem = consentProblem(cluster, route, namespace, sources);
  if (problem !== undefined) return refuse(problem);
  const rendered = await renderLocally(vault, route, sources, signal);
  if (typeof rendered === 'string') return refuse(rendered);
  return decideAdoption(live, { target, route, instance, rendered, forceOwner });
}

/** Reads one Secret as it is, and judges it. */
async function judge(
  target: TargetRef,
  person: PersonCluster,
  decideFor: (live: LiveSecret) => Promise<Change> | Change,
): Promise<Judged> {
  const raw = await person.get(secretPath(target.namespace, target.name));
  if (raw === undefined) return { target, raw: {}, decision: refuse('it does not exist') };
  return { target, raw: raw as object, decision: await decideFor(readSecret(raw, target)) };
}

/** One after the other: they are few, and a person reads along. */
async function judgeAll(
  targets: readonly TargetRef[],
  person: PersonCluster,
  decideFor: (live: LiveSecret, target: TargetRef) => Promise<Change> | Change,
): Promise<Judged[]> {
  const judged: Judged[] = [];
  for (const target of targets) judged.push(await judge(target, person, (live) => decideFor(live, target)));
  return judged;
}

/** `vaultcast adopt`: the only command that touches a cluster, and only with the person's own kubeconfig. */
export async function adopt(
  words: readonly string[],
  options: AdoptOptions,
  context: Context,
): Promise<ExitCode> {
  const { io } = context;
  const instance = instanceOf(options, io);
  for (const word of words) targetOf(word, '');
  const person = await openPersonCluster(options, io.signal);
  const { cluster, route } = await documentsOf(options, person, context);
  const targets = [...new Set(words)].map((word) => targetOf(word, cluster.metadata.name));
  if (route === undefined) {
    const judged = await judgeAll(targets, person, (live, target) => decideRelease(live, target, instance));
    return carryOutAdoption(judged, person, { ...options, verb: 'release' }, io);
  }
  const vault = await context.openVault(options, io);
  const listing = await vault.list(route.spec.vault, io.signal);
  const forceOwner = options.forceOwner === true;
  const adopting: Adopting = { person, cluster, route, vault, listing, instance, forceOwner };
  const judged = await judgeAll(targets, person, (live, target) =>
    decideOne(live, target, adopting, io.signal),
  );
  return carryOutAdoption(judged, person, { ...options, verb: 'adopt' }, io);
}
