import type { SecretRef } from '../../names.ts';
import { secretStatusOf, isWell } from '../../output/secret/status.ts';
import type { Output } from '../../output/json-schema.ts';
import { NO_CLUSTER } from '../../status/target.ts';
import type { TargetStatus } from '../../status/target.ts';
import type { AddCommand, Context } from '../command.ts';
import { examples } from '../command.ts';
import { fromAll, readRegistry } from '../connect/registry.ts';
import type { RegistryView } from '../connect/registry.ts';
import type { RegistryOptions, VaultOptions } from '../connect/flags.ts';
import { collect, withRegistry, withVaults } from '../connect/flags.ts';
import type { GetOptions } from '../get/options.ts';
import { show, withOutput } from '../output/format.ts';
import { oneLook, lookOrWatch } from '../output/watch.ts';
import { reasonOf } from '../terminal/failure.ts';
import { EXIT } from '../terminal/io.ts';
import { oneSecret } from '../terminal/words.ts';
import { selected } from './select.ts';
import { explanationText } from './text.ts';
import { lookIntoVault } from './vault.ts';

const HELP = examples(
  'vaultcast explain app-1--pg--password',
  'vaultcast explain team/app-1--pg--password --vault-url team=https://team.vault.azure.net',
  'vaultcast explain app-1--pg--password --cluster weu-1 --watch',
  'vaultcast explain app-1--pg--password -o json | jq .status.targets',
);

type ExplainOptions = VaultOptions & Omit<GetOptions, 'vault' | 'secret'>;

export const addExplain: AddCommand = (command, context) => {
  command
    .argument('<[vault/]secret>', 'name in Key Vault; the vault by its alias, where routes do not tell')
    .option('--cluster <name>', 'only there; repeatable', collect)
    .option('--namespace <name>', 'only there')
    .option('--route <name>', 'only what it makes')
    .option('--state <state>', 'only targets in this state')
    .option('-w, --watch', 'go on until Ctrl-C, and show it again when it changes');
  withVaults(withRegistry(withOutput(command)))
    .addHelpText('after', HELP)
    .action(async (word: string, options: ExplainOptions) => {
      const look = () => explain(word, options, context);
      context.finish(await lookOrWatch(context, options.watch === true, look));
    });
};

async function explain(word: string, options: ExplainOptions, context: Context) {
  const read = await readStatus(word, options, context);
  const document = selected(withUnseenVault(read.document), options);
  const { vault, name } = document.metadata;
  const found = isWell(document) ? EXIT.ok : EXIT.differs;
  return oneLook(read.isRecordRead ? found : EXIT.failed, [document], {
    nameOf: () => `${vault}/${name}`,
    textOf: ({ status }) => JSON.stringify(status),
    show: () =>
      show(context.io, options.output, {
        document,
        names: document.status.targets.map(({ metadata }) => `target/${Object.values(metadata).join('/')}`),
        text: (wide) => explanationText(context.io, document, wide),
      }),
  });
}

/** The secret that a word means. Throws CliError when routes do not tell its vault. */
export async function secretMeant(
  word: string,
  options: RegistryOptions,
  context: Context,
): Promise<SecretRef> {
  return oneSecret(word, (await readRegistry(options, context)).routes);
}

interface Read {
  document: Output<'SecretStatus'>;
  /** Whether what runs recorded could be read. */
  isRecordRead: boolean;
}

/** From the registry, from what runs recorded, and from the vault as far as the person may look into it. */
export async function readStatus(
  word: string,
  options: RegistryOptions & VaultOptions,
  context: Context,
): Promise<Read> {
  const view = await readRegistry(options, context);
  const secret = oneSecret(word, view.routes);
  const [{ rows, notSeen }, look] = await Promise.all([
    readRows(view, options, context),
    lookIntoVault(secret, options, context),
  ]);
  const invalid = view.bad.map(({ kind, name }) => `${kind} ${name} is invalid: what it says is not known`);
  const document = secretStatusOf(secret, {
    ...view,
    rows,
    vault: look.view,
    tags: look.tags,
    notSeen: [...notSeen, ...invalid],
    now: Date.now(),
  });
  return { document, isRecordRead: rows !== undefined };
}

/** Says what nobody can tell without a look into the vault. */
function withUnseenVault(document: Output<'SecretStatus'>): Output<'SecretStatus'> {
  const { vault, notSeen } = document.status;
  if (vault.state !== 'unknown') return document;
  const what = `whether what stands is the latest version, and whether the vault has it still: ${vault.message ?? ''}`;
  return { ...document, status: { ...document.status, notSeen: [what, ...notSeen] } };
}

/** Without the status tables the registry still says where it should be. */
async function readRows(
  { clusters }: RegistryView,
  options: RegistryOptions,
  { io, openStatus }: Context,
): Promise<{ rows: TargetStatus[] | undefined; notSeen: string[] }> {
  try {
    const status = await openStatus(options, io);
    const partitions = [...clusters.map(({ metadata }) => metadata.name), NO_CLUSTER];
    const rows = await fromAll(partitions, (partition) => status.targets(partition, io.signal));
    return { rows, notSeen: [] };
  } catch (error) {
    if (io.signal.aborted) throw error;
    return { rows: undefined, notSeen: [`what was delivered is not known: ${reasonOf(error)}`] };
  }
}
