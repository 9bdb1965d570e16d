import type { Ports } from '../../ports.ts';
import type { RegistryPlan } from '../../registry/plan.ts';
import { isChange } from '../../registry/plan.ts';
import { clustersIn, routesIn, selects } from '../../registry/reach.ts';
import type { Listing } from '../../source/source.ts';
import type { TargetStatus } from '../../status/target.ts';
import type { Context } from '../command.ts';
import type { RegistryOptions, VaultOptions } from '../connect/flags.ts';
import { fromAll } from '../connect/registry.ts';
import { reasonOf } from '../terminal/failure.ts';
import { predictionLines } from './prediction.ts';

const MOST_LINES = 40;

interface Predicted {
  /** Sentences for people. */
  lines: readonly string[];
  /** Targets that two routes claim only after the change. */
  collisions: readonly string[];
}

/**
 * Which targets a plan makes appear, change or go, as sentences; from a listing of the vaults with the person's own sign-in.
 * Without that right it says so: silence would read as "nothing happens".
 */
export async function predict(
  plan: RegistryPlan,
  options: RegistryOptions & VaultOptions,
  context: Context,
): Promise<Predicted> {
  const { io } = context;
  const vaults = touchedVaults(plan);
  if (vaults.length === 0) return { lines: [], collisions: [] };
  const opened = await attempt(() => context.openVault(options, io), io.signal);
  if ('failure' in opened) return notPredicted(opened.failure);
  const { listings, failures } = await listVaults(opened.value, vaults, io.signal);
  const read = await attempt(() => readRows(plan, options, context), io.signal);
  const rows = 'value' in read ? read.value : new Map<string, TargetStatus[]>();
  const unknown = 'failure' in read ? [`which Secrets exist now: ${read.failure}`] : [];
  const { lines, collisions } = predictionLines({ before: plan.before, after: plan.after, listings, rows });
  const text = [
    ...(listings.size === 0 ? [] : predictedText(lines)),
    ...[...failures, ...unknown].map((what) => `Not predicted ${what}`),
  ];
  return { lines: text, collisions };
}

function notPredicted(failure: string): Predicted {
  const text = `Not predicted: which Secrets appear, change or go in the clusters (${failure}).`;
  return { lines: [text], collisions: [] };
}

function predictedText(lines: readonly string[]): string[] {
  if (lines.length === 0) return ['Predicted: no Secret appears, changes or goes.'];
  const more = lines.length > MOST_LINES ? [`  … and ${lines.length - MOST_LINES} more`] : [];
  const shown = lines.slice(0, MOST_LINES).map((line) => `  ${line}`);
  return ['Predicted, as far as namespaces accept it:', ...shown, ...more];
}

/** Rejects only when the person gives up. */
async function attempt<T>(
  action: () => Promise<T>,
  signal: AbortSignal,
): Promise<{ value: T } | { failure: string }> {
  try {
    return { value: await action() };
  } catch (error) {
    if (signal.aborted) throw error;
    return { failure: reasonOf(error) };
  }
}

/** The vaults of routes that the plan touches, itself or through a cluster. */
function touchedVaults({ actions, before, after }: RegistryPlan): string[] {
  const routes = routesIn([...before, ...after]);
  const names = new Set(
    actions
      .filter(isChange)
      .map((action) => ('wanted' in action ? action.wanted.document.metadata.name : action.existing.name)),
  );
  const clusters = clustersIn([...before, ...after]).filter(({ metadata }) => names.has(metadata.name));
  const touched = routes.filter(
    (route) => names.has(route.metadata.name) || clusters.some((cluster) => selects(route, cluster)),
  );
  return [...new Set(touched.map((route) => route.spec.vault))].sort();
}

/** Only properties are listed; a vault the person may not list is named, with the reason. */
async function listVaults(vault: Ports['vault'], names: readonly string[], signal: AbortSignal) {
  const listings = new Map<string, Listing>();
  const failures: string[] = [];
  for (const name of names) {
    const listed = await attempt(() => vault.list(name, signal), signal);
    if ('value' in listed) listings.set(name, listed.value);
    else failures.push(`of vault ${name}: ${listed.failure}`);
  }
  return { listings, failures };
}

/** What runs recorded, by cluster. */
async function readRows(
  { before, after }: RegistryPlan,
  options: RegistryOptions,
  { io, openStatus }: Context,
): Promise<Map<string, TargetStatus[]>> {
  const names = new Set(clustersIn([...before, ...after]).map(({ metadata }) => metadata.name));
  const status = await openStatus(options, io);
  const rows = await fromAll([...names], async (name) => [
    [name, await status.targets(name, io.signal)] as const,
  ]);
  return new Map(rows);
}
