import { setTimeout as sleep } from 'node:timers/promises';
import { isoTime } from '../output/fields.ts';
import type { SecretTarget, VaultView } from '../output/schema.ts';
import type { Output } from '../output/json-schema.ts';
import type { SecretRef } from '../names.ts';
import type { VersionProperties } from '../source/source.ts';
import { newestValid } from '../source/state.ts';
import type { AddCommand, Context } from './command.ts';
import { examples } from './command.ts';
import type { VaultOptions } from './connect/flags.ts';
import { collect, timeoutOption, withRegistry, withVaults } from './connect/flags.ts';
import { readStatus, secretMeant } from './explain/explain.ts';
import { selected } from './explain/select.ts';
import { explanationText } from './explain/text.ts';
import { lookIntoVault } from './explain/vault.ts';
import type { GetOptions } from './get/options.ts';
import { show, withOutput } from './output/format.ts';
import { CliError, reasonOf } from './terminal/failure.ts';
import type { ExitCode, Io } from './terminal/io.ts';
import { EXIT, note } from './terminal/io.ts';

const HELP = examples(
  'vaultcast wait app-1--pg--password                  # until every target has the latest version',
  'vaultcast wait app-1--pg--password --cluster weu-1 --timeout 5m && kubectl rollout restart deployment/web',
  'vaultcast wait app-1--pg--password --version 0123456789abcdef0123456789abcdef   # without rights on the vault',
);

interface WaitOptions extends VaultOptions, Omit<GetOptions, 'vault' | 'secret' | 'state' | 'watch'> {
  version?: string;
  timeout: number;
}

export const addWait: AddCommand = (command, context) => {
  command
    .argument('<[vault/]secret>', 'name in Key Vault; the vault by its alias, where routes do not tell')
    .option('--version <version>', 'wait for this version or a newer one; default: the latest in the vault')
    .addOption(timeoutOption('wait no longer than this', '10m'))
    .option('--cluster <name>', 'only there; repeatable', collect)
    .option('--namespace <name>', 'only there')
    .option('--route <name>', 'only what it makes');
  withVaults(withRegistry(withOutput(command)))
    .addHelpText('after', HELP)
    .action(async (word: string, options: WaitOptions) => {
      context.finish(await wait(word, options, context));
    });
};

/** Reads only: rotate, wait, deploy. What cannot be read once may be read at the next look, but not at the first one. */
async function wait(word: string, options: WaitOptions, context: Context): Promise<ExitCode> {
  const { io, pollMs } = context;
  const secret = await secretMeant(word, options, context);
  let seen = await look(word, options, context);
  const expected = await expectedOf(secret, seen.status.vault.state, options, context);
  const deadline = Date.now() + options.timeout;
  let said = '';
  for (;;) {
    const lacking = seen.status.targets.filter((target) => !has(target, expected));
    if (lacking.length === 0 || Date.now() >= deadline) return end(seen, lacking, expected, options, io);
    const text = `${lacking.length} of ${seen.status.targets.length} targets wait for version ${expected.version}`;
    if (text !== said) note(io, text);
    said = text;
    await sleep(2 * pollMs, undefined, { signal: io.signal }).catch(() => undefined);
    if (io.signal.aborted) return EXIT.interrupted;
    seen = await look(word, options, context).catch((error: unknown) => lastSeen(seen, error, io));
  }
}

function lastSeen(seen: Output<'SecretStatus'>, error: unknown, io: Io): Output<'SecretStatus'> {
  if (io.signal.aborted) throw error;
  note(io, `Not seen: ${reasonOf(error)}`);
  return seen;
}

/** Throws CliError when not everything could be looked at: nobody would know whether it arrived. */
async function look(word: string, options: WaitOptions, context: Context): Promise<Output<'SecretStatus'>> {
  const found = selected((await readStatus(word, options, context)).document, options);
  const [unseen] = found.status.notSeen;
  if (unseen !== undefined) throw new CliError(unseen, 'Without that nobody knows whether it arrived.');
  const targets = found.status.targets.filter(({ status }) => status.state !== 'left');
  return { ...found, status: { ...found.status, targets } };
}

/** The version to wait for; `created` in ISO 8601 where it could be learnt: then a newer one will do, too. */
interface Expected {
  version: string;
  created: string | undefined;
}

/** Throws CliError when nothing tells which version is meant, or when none can arrive. */
async function expectedOf(
  secret: SecretRef,
  state: VaultView['state'],
  options: WaitOptions,
  context: Context,
): Promise<Expected> {
  const { view, versions } = await lookIntoVault(secret, options, context);
  const { version } = options;
  if (version !== undefined) return madeAt(version, versions);
  if (view.state === 'unknown')
    throw new CliError(
      `the latest version is not known: ${view.message}`,
      'Give --version: az keyvault secret set prints it as the last part of the id.',
    );
  const latest = newestValid(versions, Math.floor(Date.now() / 1000));
  if (view.state === 'disabled' || latest === undefined)
    throw new CliError(
      `no version of secret ${secret.vault}/${secret.name} can arrive: it is ${state}`,
      `See: vaultcast explain ${secret.vault}/${secret.name}`,
      EXIT.differs,
    );
  return madeAt(latest.version, versions);
}

function madeAt(version: string, versions: readonly VersionProperties[]): Expected {
  const known = versions.find((one) => one.version === version);
  return { version, created: known && isoTime(known.created * 1000) };
}

function has({ status }: SecretTarget, { version, created }: Expected): boolean {
  if (status.stands === 'no' || status.version === undefined) return false;
  if (status.version === version) return true;
  return created !== undefined && status.created !== undefined && status.created > created;
}

/** 1 when time was up although somebody still tries, 2 when what is lacking needs a person. */
async function end(
  seen: Output<'SecretStatus'>,
  lacking: readonly SecretTarget[],
  { version }: Expected,
  { output }: WaitOptions,
  io: Io,
): Promise<ExitCode> {
  const { targets } = seen.status;
  const isThere = targets.length > 0 && lacking.length === 0;
  const names = targets.map(({ metadata }) => `target/${Object.values(metadata).join('/')}`);
  const arrived = `Version ${version} is in all of ${targets.length} targets.`;
  const text = (wide: boolean): string => (isThere ? arrived : explanationText(io, seen, wide));
  const status = { ...seen.status, arrived: isThere };
  await show(io, output, { document: { ...seen, status }, names, text });
  if (isThere) return EXIT.ok;
  note(
    io,
    targets.length === 0 ? 'Nothing to wait for.' : `${lacking.length} of ${targets.length} targets lack it.`,
  );
  return lacking.some(({ status: { turn } }) => turn === 'vaultcast') ? EXIT.failed : EXIT.differs;
}
