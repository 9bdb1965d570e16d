import { Option } from 'commander';
import { parseInstance } from '../../config/identity.ts';
import type { AddCommand, Context } from '../command.ts';
import { examples } from '../command.ts';
import { withQueue, withRegistry, withVaults } from '../connect/flags.ts';
import type { QueueOptions, RegistryOptions, VaultOptions } from '../connect/flags.ts';
import { queueSetting, registrySetting, vaultSetting } from '../connect/settings.ts';
import { CliError } from '../terminal/failure.ts';
import type { Io } from '../terminal/io.ts';
import { EXIT, note, say } from '../terminal/io.ts';
import { printRows } from '../terminal/print.ts';
import { addressOf } from './address.ts';
import { contextFilePath, placeIn, readContextFile, writeContextFile } from './file.ts';

const HELP = `${examples(
  'vaultcast context set prod --registry-account strgprod --storage stprod --vault-url team=https://team.vault.azure.net',
  'vaultcast context                  # which are there, and which one counts?',
  'vaultcast context use prod         # from now on',
  'vaultcast get problems --at test   # for once; or VAULTCAST_CONTEXT=test',
)}

A context says where a deployment is: its registry, its queues, its vaults, its instance. It holds addresses and no secret; you
sign in as yourself (az login). The file is VAULTCAST_CONFIG, or vaultcast/config.yaml in your configuration folder (~/.config).
What counts, the first that is there: flags; the context that --at or VAULTCAST_CONTEXT names; a registry or queue in the
environment; the current context. A context counts whole: where another one of these says which registry, it says nothing.`;

interface SetOptions extends RegistryOptions, QueueOptions, VaultOptions {
  instance?: string;
}

export const addContext: AddCommand = (command, context) => {
  command.addHelpText('after', HELP);
  command
    .command('list', { isDefault: true })
    .description('Show all, and which one counts')
    .addOption(
      new Option('-o, --output <format>', 'format').choices(['table', 'yaml', 'json']).default('table'),
    )
    .allowExcessArguments()
    .action(({ output }: { output: string }, { args }: { args: string[] }) => {
      const [word] = args;
      if (word !== undefined)
        throw new CliError(
          `context has no subcommand ${word}`,
          `To use a context of that name: vaultcast context use ${word}. All: vaultcast context --help`,
          EXIT.usage,
        );
      return listContexts(output, context.io);
    });
  command
    .command('use')
    .description('Make one the current one')
    .argument('<name>')
    .action((name: string) => useContext(name, context.io));
  withVaults(withQueue(withRegistry(command.command('set'))))
    .description('Make a new one, or change what the flags say of one; the first one is the current one')
    .argument('<name>')
    .option('--instance <name>', 'the deployment, as INSTANCE names it or its function app is called')
    .action((name: string, options: SetOptions) => setContext(name, options, context));
  command
    .command('delete')
    .description('Forget one')
    .argument('<name>')
    .action((name: string) => deleteContext(name, context.io));
};

async function listContexts(output: string, io: Io): Promise<void> {
  const { contexts, currentContext } = await readContextFile(io.env);
  const rows = Object.entries(contexts).map(([name, place]) => ({
    name,
    current: name === currentContext,
    ...place,
  }));
  const cells = rows.map(({ name, current, registry, storage = '', vaults = {}, instance = '' }) => [
    current ? '*' : '',
    name,
    registry,
    storage,
    Object.keys(vaults).join(','),
    instance,
  ]);
  const heading = ['CURRENT', 'NAME', 'REGISTRY', 'STORAGE', 'VAULTS', 'INSTANCE'];
  const none = `No contexts in ${contextFilePath(io.env) ?? 'any file'}. A new one: vaultcast context set NAME --registry-account NAME`;
  printRows(io, output, rows, () => [heading, ...cells], none);
}

async function useContext(name: string, io: Io): Promise<void> {
  const file = await readContextFile(io.env);
  placeIn(file, name);
  await writeContextFile(io.env, { ...file, currentContext: name });
  say(io, `The current context is ${name}.`);
}

/** What shells complete and YAML keeps as it is. */
const NAME = /^[a-z0-9][-\w.]{0,62}$/i;
const NAME_RULE = 'Letters, digits, "-", "_" and ".", the first one a letter or digit; at most 63.';

async function setContext(name: string, options: SetOptions, { io }: Context): Promise<void> {
  if (!NAME.test(name))
    throw new CliError(`${JSON.stringify(name)} is no name for a context`, NAME_RULE, EXIT.usage);
  const file = await readContextFile(io.env);
  const before = Object.hasOwn(file.contexts, name) ? file.contexts[name] : undefined;
  const contexts = { ...file.contexts, [name]: { ...before, ...placeOf(options, before?.registry) } };
  const { currentContext = name } = file;
  const path = await writeContextFile(io.env, { currentContext, contexts });
  say(io, `Context ${name} is in ${path}${name === currentContext ? ', and is the current one' : ''}.`);
  if (name !== currentContext) note(io, `To use it: vaultcast context use ${name}, or --at ${name}.`);
}

async function deleteContext(name: string, io: Io): Promise<void> {
  const file = await readContextFile(io.env);
  placeIn(file, name);
  const { [name]: _gone, ...contexts } = file.contexts;
  const rest = file.currentContext === name ? { contexts } : { ...file, contexts };
  await writeContextFile(io.env, rest);
  say(io, `Context ${name} is gone; what it named stays as it is.`);
}

/** What flags say, judged as every command judges them; the registry, where they do not, as it was. The environment is left out of it. */
function placeOf(options: SetOptions, registryBefore: string | undefined) {
  const { storage, vaultUrl, instance } = options;
  const problems = instance === undefined ? [] : parseInstance(instance).problems;
  if (problems.length > 0)
    throw new CliError(`--instance ${problems.join('; ')}`, 'Name the deployment.', EXIT.usage);
  return {
    registry: registryOf(options, registryBefore),
    ...(storage === undefined ? {} : { storage: addressOf(queueSetting(options, {}), '--storage') }),
    ...(vaultUrl === undefined ? {} : { vaults: Object.fromEntries(vaultSetting(options, {})) }),
    ...(instance === undefined ? {} : { instance }),
  };
}

function registryOf(options: RegistryOptions, before: string | undefined): string {
  const isGiven = options.registry !== undefined || options.registryAccount !== undefined;
  if (isGiven) return addressOf(registrySetting(options, {}), '--registry');
  if (before !== undefined) return before;
  throw new CliError(
    'a new context needs a registry',
    'Give --registry-account NAME or --registry URL.',
    EXIT.usage,
  );
}
