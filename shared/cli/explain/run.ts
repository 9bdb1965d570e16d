import type { SecretRef } from '../../names.ts';
import type { TargetStatus } from '../../status/target.ts';
import { NO_CLUSTER } from '../../status/target.ts';
import type { Context } from '../command.ts';
import type { ExplainOptions } from './explain.ts';
import { routingOf } from './routing.ts';
import { targetsOf } from './targets.ts';
import type { ExplainedTarget } from './targets.ts';
import { explanationText } from './text.ts';
import { lookIntoVault } from './vault.ts';
import type { VaultView } from './vault.ts';
import { reasonOf } from '../terminal/failure.ts';
import type { ExitCode } from '../terminal/io.ts';
import { EXIT, note, say } from '../terminal/io.ts';
import { readRegistry } from '../connect/registry.ts';
import type { RegistryView } from '../connect/registry.ts';
import { oneSecret } from '../terminal/words.ts';
import { fromAll, partitionsOf } from '../get/selection.ts';

export interface Explanation {
  secret: SecretRef;
  vault: VaultView;
  targets: ExplainedTarget[];
  /** Why it goes nowhere, or not everywhere. */
  reasons: string[];
}

/** Without the status tables the registry still says where it should be. */
async function readRows(
  view: RegistryView,
  options: ExplainOptions,
  context: Context,
): Promise<TargetStatus[]> {
  const { io } = context;
  try {
    const status = await context.openStatus(options, io);
    return await fromAll(partitionsOf(undefined, view), (partition) => status.targets(partition, io.signal));
  } catch (error) {
    if (io.signal.aborted) throw error;
    note(io, `What was delivered is not known: ${reasonOf(error)}`);
    return [];
  }
}

function gaveUp({ vault, name }: SecretRef, rows: readonly TargetStatus[]): string[] {
  const about = rows.filter((row) => row.cluster === NO_CLUSTER && row.id === `secret:${vault}:${name}`);
  return about.map(({ code, message }) => `${code}: ${message}`);
}

/** States of the latest version that a person should look at; the app goes on as the route says. */
function vaultReasons(vault: VaultView): string[] {
  const state = 'unknown' in vault ? 'valid' : vault.state;
  return state === 'disabled' || state === 'expired' ? [`the latest version in the vault is ${state}`] : [];
}

function isWell({ targets, reasons, vault }: Explanation): boolean {
  if (targets.length === 0 || reasons.some((reason) => !reason.startsWith('route '))) return false;
  const latest = 'unknown' in vault || vault.state === 'not-yet-valid' ? undefined : vault.version;
  const isLatest = ({ version }: ExplainedTarget): boolean => latest === undefined || version === latest;
  return targets.every((target) => target.state === 'current' && isLatest(target));
}

/** `vaultcast explain`: registry, what runs recorded, and the vault as far as the person may look into it. */
export async function explain(text: string, options: ExplainOptions, context: Context): Promise<ExitCode> {
  const view = await readRegistry(options, context);
  const secret = oneSecret(text, view.routes);
  const [rows, vault] = await Promise.all([
    readRows(view, options, context),
    lookIntoVault(secret, options, context),
  ]);
  const tags = 'unknown' in vault ? undefined : vault.tags;
  const { claimed, reasons } = routingOf(secret, view.routes, view.clusters, tags);
  const explanation: Explanation = {
    secret,
    vault,
    targets: targetsOf(secret, claimed, rows),
    reasons: [...vaultReasons(vault), ...gaveUp(secret, rows), ...reasons],
  };
  const { output } = options;
  say(
    context.io,
    output === 'json' ? JSON.stringify(explanation, undefined, 2) : explanationText(explanation),
  );
  return isWell(explanation) ? EXIT.ok : EXIT.differs;
}
