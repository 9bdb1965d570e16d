import { Option } from 'commander';
import { closest } from '../../registry/closest.ts';
import type { Route } from '../../registry/document.ts';
import type { AddCommand, Context } from '../command.ts';
import { examples } from '../command.ts';
import { readFiles } from '../connect/files.ts';
import { readRegistry, registered } from '../connect/registry.ts';
import type { RegistryOptions, VaultOptions } from '../connect/flags.ts';
import { collect, FILENAME, withRegistry, withVaults } from '../connect/flags.ts';
import { CliError } from '../terminal/failure.ts';
import { harmless } from '../terminal/text.ts';
import type { ExitCode } from '../terminal/io.ts';
import { EXIT, note, say } from '../terminal/io.ts';
import { secretWord } from '../terminal/words.ts';
import { previewRoute, previewText } from './preview.ts';
import { readFromVault, readSamples } from './sources.ts';

const HELP = examples(
  'vaultcast render app-1                                   # values are read with your own sign-in, never shown',
  'vaultcast render app-1 --secret app-1--pg--password',
  'vaultcast render app-1 -f registry/ --from samples.yaml   # offline, before anything is applied',
  '# samples.yaml: - {name: app-1--pg--password, value: x}',
  '# with contentType and tags where they matter',
);

interface RenderOptions extends RegistryOptions, VaultOptions {
  filename?: string[];
  from?: string;
  secret?: string;
  output: 'table' | 'json';
}

export const addRender: AddCommand = (command, context) => {
  command
    .argument('<route>', 'name of the route')
    .option(FILENAME, 'take the route from these files instead of the registry; repeatable', collect)
    .option('--from <file>', 'sample secrets (YAML or JSON) instead of the vault')
    .option('--secret <name>', 'only the Secrets this Key Vault secret feeds')
    .addOption(new Option('-o, --output <format>', 'format').choices(['table', 'json']).default('table'));
  withVaults(withRegistry(command))
    .addHelpText('after', HELP)
    .action(async (route: string, options: RenderOptions) => {
      context.finish(await render(route, options, context));
    });
};

/** What a route would make were every namespace to accept it. No value is printed, nor a hash of one. */
async function render(name: string, options: RenderOptions, context: Context): Promise<ExitCode> {
  const { io } = context;
  const only = options.secret === undefined ? undefined : secretWord(options.secret).name;
  const route = await routeOf(name, options, context);
  const versions =
    options.from === undefined
      ? await readFromVault(route, only, options, context)
      : await readSamples(options.from);
  const preview = await previewRoute(route, versions, only);
  if (options.output === 'json') say(io, JSON.stringify(preview, undefined, 2));
  else if (preview.secrets.length + preview.unplaced.length > 0) say(io, previewText(preview));
  else note(io, 'The route makes no Secret of what is there.');
  const wrong = preview.unplaced.length > 0 || preview.secrets.some(({ refusal }) => refusal !== undefined);
  return wrong ? EXIT.differs : EXIT.ok;
}

/** Of the files, or of the registry where none were given. */
async function routeOf(name: string, options: RenderOptions, context: Context): Promise<Route> {
  const { filename } = options;
  if (filename === undefined) return registered('Route', (await readRegistry(options, context)).routes, name);
  const documents = await readFiles(filename, context.io);
  const routes = documents.flatMap(({ document }) => (document.kind === 'Route' ? [document] : []));
  const found = routes.find(({ metadata }) => metadata.name === name);
  if (found !== undefined) return found;
  const names = routes.map(({ metadata }) => metadata.name);
  const meant = closest(name, names);
  throw new CliError(
    `there is no Route ${harmless(name)} in ${filename.map(harmless).join(', ')}`,
    meant !== undefined
      ? `Did you mean ${meant}?`
      : `Routes there: ${names.slice(0, MANY).join(', ') || 'none'}`,
  );
}

const MANY = 10;
