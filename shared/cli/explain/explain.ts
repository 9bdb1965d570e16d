import { Option } from 'commander';
import type { SecretRef } from '../../names.ts';
import { secretProblem } from '../../status/problem.ts';
import { NO_CLUSTER, rowId } from '../../status/target.ts';
import type { TargetStatus } from '../../status/target.ts';
import type { AddCommand, Context } from '../command.ts';
import { examples } from '../command.ts';
import { fromAll, partitionsOf, readRegistry } from '../connect/registry.ts';
import type { RegistryView } from '../connect/registry.ts';
import type { RegistryOptions, VaultOptions } from '../connect/flags.ts';
import { withRegistry, withVaults } from '../connect/flags.ts';
import { reasonOf } from '../terminal/failure.ts';
import type { ExitCode } from '../terminal/io.ts';
import { EXIT, note, say } from '../terminal/io.ts';
import { oneSecret } from '../terminal/words.ts';
import { routedOf } from './routing.ts';
import type { Reason } from './routing.ts';
import { targetsOf } from './targets.ts';
import { explanationText } from './text.ts';
import type { Explanation } from './text.ts';
import { lookIntoVault } from './vault.ts';
import type { VaultView } from './vault.ts';

const HELP = examples(
  'vaultcast explain app-1--pg--password',
  'vaultcast explain team/app-1--pg--password --vault-url team=https://team.vault.azure.net',
  'vaultcast explain app-1--pg--password -o json | jq .targets',
);

interface ExplainOptions extends RegistryOptions, VaultOptions {
  output: 'table' | 'json';
}

export const addExplain: AddCommand = (command, context) => {
  command
    .argument('<[vault/]secret>', 'name in Key Vault; the vault by its alias, where routes do not tell')
    .addOption(new Option('-o, --output <format>', 'format').choices(['table', 'json']).default('table'));
  withVaults(withRegistry(command))
    .addHelpText('after', HELP)
    .action(async (word: string, options: ExplainOptions) => {
      context.finish(await explain(word, options, context));
    });
};

/** From the registry, from what runs recorded, and from the vault as far as the person may look into it. */
async function explain(word: string, options: ExplainOptions, context: Context): Promise<ExitCode> {
  const view = await readRegistry(options, context);
  const secret = oneSecret(word, view.routes);
  const [rows, vault] = await Promise.all([
    readRows(view, options, context),
    lookIntoVault(secret, options, context),
  ]);
  const { routed, reasons } = routedOf(secret, view, 'unknown' in vault ? undefined : vault.tags);
  const explanation: Explanation = {
    secret,
    vault,
    targets: targetsOf(secret, routed, rows),
    reasons: [...vaultReasons(vault), ...gaveUp(secret, rows), ...reasons],
  };
  say(context.io, options.output === 'json' ? explanationJson(explanation) : explanationText(explanation));
  return isWell(explanation) ? EXIT.ok : EXIT.differs;
}

/** Without the status tables the registry still says where it should be. */
async function readRows(
  view: RegistryView,
  options: RegistryOptions,
  { io, openStatus }: Context,
): Promise<TargetStatus[]> {
  try {
    const status = await openStatus(options, io);
    return await fromAll(partitionsOf(undefined, view), (partition) => status.targets(partition, io.signal));
  } catch (error) {
    if (io.signal.aborted) throw error;
    note(io, `What was delivered is not known: ${reasonOf(error)}`);
    return [];
  }
}

/** States of the latest version that a person should look at; the app goes on as the route says. */
function vaultReasons(vault: VaultView): Reason[] {
  const state = 'unknown' in vault ? 'valid' : vault.state;
  if (state !== 'disabled' && state !== 'expired') return [];
  return [{ about: 'secret', text: `the latest version in the vault is ${state}` }];
}

/** Work for the secret that was given up before any target was known. */
function gaveUp(secret: SecretRef, rows: readonly TargetStatus[]): Reason[] {
  const id = rowId(secretProblem(secret));
  const about = rows.filter((row) => row.cluster === NO_CLUSTER && row.id === id);
  return about.map(({ code, message }) => ({ about: 'secret', text: `${code}: ${message}` }));
}

function isWell({ targets, reasons, vault }: Explanation): boolean {
  if (targets.length === 0 || reasons.some(({ about }) => about === 'secret')) return false;
  const latest = 'unknown' in vault || vault.state === 'not-yet-valid' ? undefined : vault.version;
  return targets.every(
    ({ state, version }) => state === 'synced' && (latest === undefined || version === latest),
  );
}

function explanationJson({ reasons, ...known }: Explanation): string {
  return JSON.stringify({ ...known, reasons: reasons.map(({ text }) => text) }, undefined, 2);
}
