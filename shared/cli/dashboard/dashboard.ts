import { once } from 'node:events';
import { InvalidArgumentError } from 'commander';
import type { AddCommand, Context } from '../command.ts';
import { examples } from '../command.ts';
import type { QueueOptions, RegistryOptions, VaultOptions } from '../connect/flags.ts';
import { withQueue, withRegistry, withVaults } from '../connect/flags.ts';
import type { ExitCode } from '../terminal/io.ts';
import { EXIT, note, say } from '../terminal/io.ts';
import { openBrowser } from './browser.ts';
import { serveDashboard } from './serve.ts';

const HELP = examples(
  'vaultcast dashboard',
  'vaultcast dashboard --no-open --port 8123      # over ssh -L 8123:127.0.0.1:8123',
);

interface Options extends RegistryOptions, QueueOptions, VaultOptions {
  port: number;
  open: boolean;
}

export const addDashboard: AddCommand = (command, context) => {
  command
    .option('--port <number>', 'of 127.0.0.1; default: any that is free', portOf, 0)
    .option('--no-open', 'print the address only; it works once, for ten minutes');
  withVaults(withQueue(withRegistry(command)))
    .addHelpText('after', HELP)
    .action(async (options: Options) => {
      context.finish(await dashboard(options, context));
    });
};

/** Until Ctrl-C. */
async function dashboard({ open, ...options }: Options, context: Context): Promise<ExitCode> {
  const { io } = context;
  const server = await serveDashboard(options, context);
  say(io, server.address);
  const isOpened = open && (await openBrowser(server.address));
  note(io, isOpened ? 'It opens in your browser. End it with Ctrl-C.' : 'Open it. End it with Ctrl-C.');
  if (!io.signal.aborted) await once(io.signal, 'abort');
  await server.stop();
  return EXIT.interrupted;
}

function portOf(value: string): number {
  const port = Number(value);
  if (/^\d{1,5}$/.test(value) && port <= 65_535) return port;
  throw new InvalidArgumentError('Write a number from 0 to 65535.');
}
