import { readFile } from 'node:fs/promises';
import pLimit from 'p-limit';
import { parse } from 'yaml';
import { withCertificates } from '../../deliver/certificates.ts';
import { readSource } from '../../deliver/reads.ts';
import type { Ports } from '../../ports.ts';
import type { Route } from '../../registry/document.ts';
import { sampleFile } from '../../registry/sample-schema.ts';
import { placementOf } from '../../route/placement.ts';
import { covers, sourcesAmong } from '../../route/targets.ts';
import { contributionOf } from '../../source/contribution.ts';
import type { Source, SourceVersion } from '../../source/source.ts';
import type { Context } from '../command.ts';
import type { VaultOptions } from '../connect/flags.ts';
import { CliError } from '../terminal/failure.ts';
import { note } from '../terminal/io.ts';
import { sampleVersions } from './preview.ts';

/** Sample secrets of a file: made up, so that a route can be tried before anything is applied. */
export async function readSamples(file: string): Promise<Map<string, SourceVersion>> {
  const content = await readFile(file, 'utf8').catch(() => {
    throw new CliError(`${file} cannot be read`, 'Check the path given with --from.');
  });
  const result = sampleFile.safeParse(parsed(content));
  if (result.success) return sampleVersions(result.data, Math.floor(Date.now() / 1000));
  const problems = result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new CliError(
    `${file}: ${problems.slice(0, 5).join('; ')}`,
    'It must be a list of {name, value, contentType, tags}.',
  );
}

function parsed(content: string): unknown {
  try {
    return parse(content) as unknown;
  } catch {
    // The parser quotes its input, and somebody may have put a true value there.
    throw new CliError('the file of --from is neither YAML nor JSON', 'See: vaultcast render --help');
  }
}

/**
 * What a route would take from its vault, with the person's own sign-in; all of it, or what shares a Secret with the secret
 * `only`. Each secret that gives no value is named. Rejects when the vault cannot be listed.
 */
export async function readFromVault(
  route: Route,
  only: string | undefined,
  options: VaultOptions,
  context: Context,
): Promise<Map<string, SourceVersion>> {
  const { io } = context;
  const vault = await context.openVault(options, io);
  const listing = await vault.list(route.spec.vault, io.signal);
  const names = neededOf(route, [...listing.secrets.keys()], only);
  const known = names.filter((name) => listing.secrets.has(name));
  const sources = await readSources(vault, route, known, io.signal);
  const versions = [...sources].flatMap(([name, source]) => {
    const contribution = contributionOf(source, route, undefined, false);
    if ('use' in contribution) return [[name, contribution.use] as const];
    const why = source.state === 'unreadable' ? source.failure.message : `it is ${source.state}`;
    note(io, `Secret ${name} gives no value: ${why}`);
    return [];
  });
  return new Map(versions);
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

const PARALLEL = 8;

/**
 * What the vault gives the person who asks for a route, as a push would take it. Rejects when they give up. Values are held by the
 * caller and shown nowhere.
 */
export async function readSources(
  vault: Ports['vault'],
  route: Route,
  names: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Source>> {
  const alias = route.spec.vault;
  const read = await pLimit(PARALLEL).map([...names], async (name) => {
    return [name, await readSource({ vault }, { vault: alias, name }, signal)] as const;
  });
  const sources = await withCertificates(route, new Map(read), (name, version) =>
    vault.certificate({ vault: alias, name }, version, signal),
  );
  signal.throwIfAborted();
  return sources;
}
