import type { Route } from '../../registry/document.ts';
import { previewRoute } from '../../render/preview.ts';
import type { Preview, PreviewSecret } from '../../render/preview.ts';
import { harmless } from '../terminal/colour.ts';
import type { Context } from '../command.ts';
import { CliError } from '../terminal/failure.ts';
import { readAll } from '../connect/files.ts';
import type { ExitCode } from '../terminal/io.ts';
import { EXIT, note, say } from '../terminal/io.ts';
import { named, readRegistry } from '../connect/registry.ts';
import type { RenderOptions } from './render.ts';
import { readFromVault, readSamples } from './sources.ts';
import { secretWord } from '../terminal/words.ts';
import { tableText } from '../terminal/tables.ts';

async function routeOf(name: string, options: RenderOptions, context: Context): Promise<Route> {
  const routes =
    options.filename === undefined
      ? (await readRegistry(options, context)).routes
      : (await readAll(options.filename, context.io)).flatMap(({ document }) =>
          document.kind === 'Route' ? [document] : [],
        );
  const [route] = named('Route', routes, [name]);
  if (route === undefined) throw new CliError(`Route ${name} is not registered`, 'See: vaultcast get routes');
  return route;
}

function rowsOf({ namespace, name, type, keys, refusal }: PreviewSecret): string[][] {
  const secret = `${namespace}/${name}`;
  if (refusal !== undefined) return [[secret, type, '(refused)', '', refusal]];
  return keys.map(({ key, bytes, sources }) => [secret, type, key, `${bytes}`, sources.join(', ')]);
}

function previewText({ secrets, unplaced }: Preview): string {
  const rows = secrets.flatMap(rowsOf).map((row) => row.map(harmless));
  const heading = ['SECRET', 'TYPE', 'KEY', 'BYTES', 'MADE FROM'];
  const table = rows.length === 0 ? [] : [tableText([heading, ...rows], Number.POSITIVE_INFINITY)];
  const notes = secrets.flatMap(({ namespace, name, notes: all }) =>
    all.map((one) => `${namespace}/${name}: ${one}`),
  );
  const nowhere = unplaced.map(({ secret, message }) => `${secret} goes nowhere: ${message}`);
  return [...table, ...[...notes, ...nowhere].map(harmless)].join('\n');
}

/** `vaultcast render`: what a route would make were every namespace to accept it. No value is printed, nor a hash of one. */
export async function render(name: string, options: RenderOptions, context: Context): Promise<ExitCode> {
  const { io } = context;
  const only = options.secret === undefined ? undefined : secretWord(options.secret).name;
  const route = await routeOf(name, options, context);
  const versions =
    options.from === undefined
      ? await readFromVault(route, options, context)
      : await readSamples(options.from);
  const preview = await previewRoute(route, versions, only);
  if (options.output === 'json') say(io, JSON.stringify(preview, undefined, 2));
  else if (preview.secrets.length + preview.unplaced.length > 0) say(io, previewText(preview));
  else note(io, 'The route makes no Secret of what is there.');
  const wrong = preview.unplaced.length > 0 || preview.secrets.some(({ refusal }) => refusal !== undefined);
  return wrong ? EXIT.differs : EXIT.ok;
}
