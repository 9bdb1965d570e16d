import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import type { SourceVersion } from '../source/source.ts';
import { contributionOf } from '../source/contribution.ts';
import type { Source } from '../source/source.ts';
import type { Route } from '../registry/document.ts';
import { sampleFile } from '../registry/sample-schema.ts';
import { sampleVersions } from '../render/preview.ts';
import { placementOf } from '../route/placement.ts';
import { covers, sourcesAmong } from '../route/targets.ts';
import type { Context } from './command.ts';
import { CliError } from './failure.ts';
import { note } from './io.ts';
import type { RenderOptions } from './render.ts';
import { secretWord } from './secret-word.ts';
import { readSecrets } from './vault-read.ts';

type Versions = Map<string, SourceVersion>;

function parsed(text: string): unknown {
  try {
    return parse(text) as unknown;
  } catch {
    // The parser quotes its input, and somebody may have put a true value there.
    throw new CliError('the file of --from is neither YAML nor JSON', 'See: vaultcast render --help');
  }
}

/** Sample secrets of a file: made up, so that a route can be tried before anything is applied. */
export async function readSamples(file: string): Promise<Versions> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new CliError(`${file} cannot be read`, 'Check the path given with --from.');
  });
  const result = sampleFile.safeParse(parsed(text));
  if (result.success) return sampleVersions(result.data, Math.floor(Date.now() / 1000));
  const problems = result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new CliError(
    `${file}: ${problems.slice(0, 5).join('; ')}`,
    'It must be a list of {name, value, contentType, tags}.',
  );
}

/** The secrets whose values are needed: all that the route covers, or those that share Secrets with one of them. */
function neededOf(route: Route, names: readonly string[], only: string | undefined): string[] {
  const covered = names.filter((name) => covers(route, name));
  if (only === undefined) return covered.filter((name) => placementOf(route, name).kind !== 'unwanted');
  const placement = placementOf(route, only);
  if (placement.kind !== 'placed') return [only];
  const feeding = placement.namespaces.flatMap((namespace) =>
    sourcesAmong(route, { namespace, name: placement.name }, covered),
  );
  return [...new Set([only, ...feeding])];
}

function usable(route: Route, name: string, gathered: Source, { io }: Context): SourceVersion[] {
  const contribution = contributionOf(gathered, route, undefined, false);
  if ('use' in contribution) return [contribution.use];
  const why = gathered.state === 'unreadable' ? gathered.failure.message : `it is ${gathered.state}`;
  note(io, `Secret ${name} gives no value: ${why}`);
  return [];
}

/** With the person's own sign-in; each secret that gives no value is named. Rejects when the vault cannot be listed. */
export async function readFromVault(
  route: Route,
  options: RenderOptions,
  context: Context,
): Promise<Versions> {
  const { io } = context;
  const vault = await context.openVault(options, io);
  const alias = route.spec.vault;
  const listing = await vault.list(alias, io.signal);
  const only = options.secret === undefined ? undefined : secretWord(options.secret).name;
  const names = neededOf(route, [...listing.secrets.keys()], only).filter((name) =>
    listing.secrets.has(name),
  );
  const gathered = await readSecrets(vault, alias, names, io.signal);
  const pairs = [...gathered].flatMap(([name, one]) =>
    usable(route, name, one, context).map((version) => [name, version] as const),
  );
  return new Map(pairs);
}
