import type { RegistryPlan } from '../../registry/plan.ts';
import { isChange } from '../../registry/plan.ts';
import { clustersIn, routesIn, selects } from '../../registry/reach.ts';
import type { KeyVault } from '../../ports.ts';
import type { Listing } from '../../source/source.ts';
import type { TargetStatus } from '../../status/target.ts';
import type { Context } from '../command.ts';
import type { VaultOptions } from '../connect/vault.ts';
import type { ConnectOptions } from '../connect/settings.ts';
import { reasonOf } from '../terminal/failure.ts';
import { predictionLines, predictTargets } from './prediction.ts';
import { fromAll } from '../get/selection.ts';

/** Which targets a plan makes appear, change or go, as sentences; from a listing of the vaults. */
export type Predict = (plan: RegistryPlan) => Promise<string[]>;

const MOST_LINES = 40;

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
async function listVaults(vault: KeyVault, names: readonly string[], signal: AbortSignal) {
  const listings = new Map<string, Listing>();
  const failures: string[] = [];
  for (const name of names) {
    try {
      listings.set(name, await vault.list(name, signal));
    } catch (error) {
      if (signal.aborted) throw error;
      failures.push(`of vault ${name}: ${reasonOf(error)}`);
    }
  }
  return { listings, failures };
}

async function readRows(plan: RegistryPlan, options: ConnectOptions, context: Context) {
  const rows = new Map<string, TargetStatus[]>();
  const { io } = context;
  const names = new Set(clustersIn([...plan.before, ...plan.after]).map(({ metadata }) => metadata.name));
  try {
    const status = await context.openStatus(options, io);
    await fromAll([...names], async (name) => {
      rows.set(name, await status.targets(name, io.signal));
      return [];
    });
    return { rows, failures: [] };
  } catch (error) {
    if (io.signal.aborted) throw error;
    return { rows, failures: [`which Secrets exist now: ${reasonOf(error)}`] };
  }
}

const notPredicted = (what: readonly string[]): string[] => what.map((one) => `Not predicted ${one}`);

/** With the person's own Key Vault sign-in; without it, says so: silence would read as "nothing happens". */
export function predictWith(options: ConnectOptions & VaultOptions, context: Context): Predict {
  return async (plan) => {
    const vaults = touchedVaults(plan);
    if (vaults.length === 0) return [];
    const { io } = context;
    const opened = await context.openVault(options, io).catch((error: unknown) => reasonOf(error));
    if (typeof opened === 'string')
      return [`Not predicted: which Secrets appear, change or go in the clusters (${opened}).`];
    const { listings, failures } = await listVaults(opened, vaults, io.signal);
    const known = await readRows(plan, options, context);
    const { before, after } = plan;
    const lines = predictionLines(predictTargets({ before, after, listings, rows: known.rows }));
    const more = lines.length > MOST_LINES ? [`  … and ${lines.length - MOST_LINES} more`] : [];
    const title =
      lines.length === 0
        ? 'Predicted: no Secret appears, changes or goes.'
        : 'Predicted, as far as namespaces accept it:';
    return [
      ...(listings.size === 0 ? [] : [title]),
      ...lines.slice(0, MOST_LINES).map((line) => `  ${line}`),
      ...more,
      ...notPredicted([...failures, ...known.failures]),
    ];
  };
}
