import { Command, CommanderError } from 'commander';
import { version } from '../version.ts';
import type { Context } from './command.ts';
import { examples } from './command.ts';
import { COMMANDS } from './commands.ts';
import { CONNECTIONS } from './connect/open.ts';
import type { Connections } from './connect/open.ts';
import { report } from './terminal/failure.ts';
import type { ExitCode, Io } from './terminal/io.ts';
import { EXIT, EXIT_MEANINGS } from './terminal/io.ts';

const ENVIRONMENT = `
Environment:
  REGISTRY__tableServiceUri  URL of the registry's table service; you sign in as yourself (az login, …)
  REGISTRY                   a connection string instead
  AzureWebJobsStorage__queueServiceUri, AzureWebJobsStorage__accountName, AzureWebJobsStorage
                             the app's queues, for commands that run in the app
  VAULTS                     ALIAS=URL,… as the app has it, for commands that look into vaults as yourself
  NO_COLOR                   no colours

Exit codes:
${EXIT_MEANINGS.map(([code, meaning]) => `  ${String(code).padEnd(4)} ${meaning}`).join('\n')}`;

const EXAMPLES = examples(
  'vaultcast apply -f registry/ --registry-account myregistry',
  'vaultcast explain app-1--pg--password          # where is it, which version, what is wrong?',
  'vaultcast get problems',
  'vaultcast completion bash > ~/.local/share/bash-completion/completions/vaultcast',
);

/** Every command by its name and summary; those that the line names, whole. */
async function programFor(args: readonly string[], context: Context): Promise<Command> {
  const { io } = context;
  const program = new Command('vaultcast')
    .description('Pushes Key Vault secrets into Kubernetes Secrets of many clusters: clusters and routes')
    .version(version(), '--version', 'print the version')
    .showHelpAfterError('(--help shows what is allowed)')
    .addHelpText('after', `${EXAMPLES}\n${ENVIRONMENT}`)
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      getOutHasColors: () => io.colour,
    })
    // `wait --version` is its own.
    .enablePositionalOptions()
    .exitOverride();
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

/** Runs one command line, without the program's own name, to its exit code. Never throws. */
export async function main(
  args: readonly string[],
  io: Io,
  given: Partial<Connections> = {},
): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  const context: Context = {
    ...CONNECTIONS,
    ...given,
    io,
    finish: (result) => void (code = result),
  };
  try {
    const program = await programFor(args, context);
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    return exitCodeOf(io, error);
  }
}
