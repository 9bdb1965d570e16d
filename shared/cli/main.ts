import { Command, CommanderError } from 'commander';
import { version } from '../version.ts';
import type { Context } from './command.ts';
import { examples } from './command.ts';
import { COMMANDS } from './commands.ts';
import type { RegistryOptions } from './connect/flags.ts';
import { CONNECTIONS } from './connect/open.ts';
import { fitted } from './output/fitted.ts';
import { termLines } from './output/terms.ts';
import { wrapped } from './output/wrapped.ts';
import { report } from './terminal/failure.ts';
import type { ExitCode, Io } from './terminal/io.ts';
import { EXIT, EXIT_MEANINGS } from './terminal/io.ts';

const ENVIRONMENT = {
  REGISTRY__tableServiceUri: "URL of the registry's table service; you sign in as yourself (az login, …)",
  REGISTRY: 'a connection string instead',
  AzureWebJobsStorage__queueServiceUri: "the app's queues, for commands that run in the app",
  AzureWebJobsStorage__accountName: 'the same by the name of the storage account',
  AzureWebJobsStorage: 'a connection string instead',
  VAULTS: 'ALIAS=URL,… as the app has it, for commands that look into vaults as yourself',
  FUNCTION_APP_URL: 'the app, whose version --version tells, too',
  VAULTCAST_CONTEXT: 'the context to use; VAULTCAST_CONFIG is the file with contexts',
  NO_COLOR: 'no colours',
};

function surroundings(io: Io): string {
  const codes = EXIT_MEANINGS.map(([code, meaning]) => [String(code), meaning] as const);
  return [
    '',
    ...wrapped(io, 'Environment, where no context says it (vaultcast context --help):'),
    ...termLines(io, Object.entries(ENVIRONMENT), 27),
    '',
    'Exit codes:',
    ...termLines(io, codes, 5),
  ].join('\n');
}

/** Where nobody looks, such as in a pipe. */
const HELP_WIDTH = 80;

const EXAMPLES = examples(
  'vaultcast apply -f registry/ --registry-account myregistry',
  'vaultcast explain app-1--pg--password          # where is it, which version, what is wrong?',
  'vaultcast get problems',
  'vaultcast completion bash > ~/.local/share/bash-completion/completions/vaultcast',
);

/**
 * Commands read settings from the environment; before one runs, the context says what is not there. Those that belong to no
 * deployment do without.
 */
async function completeSettings(action: Command, context: Context): Promise<void> {
  let command = action;
  while (command.parent?.parent) command = command.parent;
  if (COMMANDS.find(({ name }) => name === command.name())?.local === true) return;
  const { at, registry, registryAccount } = action.optsWithGlobals<RegistryOptions & { at?: string }>();
  const { inContext } = await import('./context/environment.ts');
  const registryGiven = registry !== undefined || registryAccount !== undefined;
  context.io = { ...context.io, env: await inContext(context.io.env, { at, registryGiven }) };
}

/** Every command by its name and summary; those that the line names, whole. */
async function programFor(args: readonly string[], context: Context): Promise<Command> {
  const { io } = context;
  const program = new Command('vaultcast')
    .description('Pushes Key Vault secrets into Kubernetes Secrets of many clusters: clusters and routes')
    .showHelpAfterError('(--help shows what is allowed)')
    .option('--at <context>', 'the context to use; default: VAULTCAST_CONTEXT, or the current one')
    .hook('preAction', (_, action) => completeSettings(action, context))
    .addHelpText('after', `${EXAMPLES}\n${surroundings(io)}`)
    .configureHelp({ showGlobalOptions: true, minWidthToWrap: 20 })
    .configureOutput({
      writeOut: (text) => void io.stdout.write(fitted({ ...io, width: io.width ?? HELP_WIDTH }, text)),
      writeErr: (text) => void io.stderr.write(text),
      getOutHasColors: () => io.colour,
      getOutHelpWidth: () => io.width ?? HELP_WIDTH,
      getErrHelpWidth: () => io.width ?? HELP_WIDTH,
    })
    .exitOverride();
  // `wait --version` is its own, and options of the program are taken wherever they stand.
  if (!args.includes('wait'))
    program.version(version(), '--version', 'print the version, and that of the app at FUNCTION_APP_URL');
  for (const { name, summary, hidden = false, load } of COMMANDS) {
    const command = program.command(name, { hidden }).description(summary);
    if (args.includes(name)) (await load())(command, context);
  }
  return program;
}

/** Help that was asked for is a success; anything else commander ends with is a wrong command line. */
function exitCodeOf(io: Io, error: unknown): ExitCode {
  if (!(error instanceof CommanderError)) return report(io, error);
  return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
}

/** Runs one command line, without the program's own name, to its exit code. `given`: what tests open instead. Never throws. */
export async function main(
  args: readonly string[],
  io: Io,
  given: Partial<typeof CONNECTIONS> = {},
): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  const context: Context = {
    ...CONNECTIONS,
    ...given,
    io,
    finish: (result) => void (code = result),
  };
  try {
    if (args.length === 1 && args[0] === '--version')
      return await (await import('./version.ts')).printVersion(io);
    const program = await programFor(args, context);
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    return exitCodeOf(io, error);
  }
}
