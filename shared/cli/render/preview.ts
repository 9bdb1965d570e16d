import type { SourceVersion } from '../../source/source.ts';
import type { Route } from '../../registry/document.ts';
import type { sampleFile } from '../../registry/sample-schema.ts';
import { placementOf } from '../../route/placement.ts';
import { covers, sourcesAmong } from '../../route/targets.ts';
import { hasTags } from '../../route/selection.ts';
import { prefixCovers, segmentsOf } from '../../names.ts';
import { RenderRefusal } from '../../render/refusal.ts';
import { type Rendering, render } from '../../render/render.ts';
import { tableText } from '../terminal/columns.ts';
import { harmless } from '../terminal/text.ts';

/** A key of a Secret without its value. */
interface PreviewKey {
  key: string;
  bytes: number;
  /** The secrets it is made of. */
  sources: readonly string[];
}

/** A Secret a route would make, values masked. */
interface PreviewSecret {
  namespace: string;
  name: string;
  type: string;
  /** Sorted; empty when it is refused. */
  keys: readonly PreviewKey[];
  notes: readonly string[];
  /** Why nothing would be written. */
  refusal?: string;
}

interface Preview {
  /** Sorted by namespace and name. */
  secrets: readonly PreviewSecret[];
  /** Secrets that the route covers but cannot place, and why. */
  unplaced: readonly { secret: string; message: string }[];
}

type Versions = ReadonlyMap<string, SourceVersion>;

/**
 * What a route would make of these secrets (by name, lower case), were every namespace to accept them. Knows nothing of
 * clusters, consent or live Secrets. `only` keeps the Secrets that this secret feeds. A Secret that would be refused is
 * shown with the reason; the promise rejects for defects alone.
 */
export async function previewRoute(route: Route, versions: Versions, only?: string): Promise<Preview> {
  const names = [...versions].flatMap(([name, { tags }]) => (hasTags(route, tags) ? [name] : [])).sort();
  const targets = new Map<string, At>();
  const unplaced: { secret: string; message: string }[] = [];
  for (const secret of names.filter((name) => only === undefined || name === only)) {
    const found = placesOf(route, secret);
    if (found.kind === 'nowhere') unplaced.push({ secret, message: found.message });
    else for (const at of found.places) targets.set(`${at.namespace}/${at.name}`, at);
  }
  const sorted = [...targets].sort(([left], [right]) => (left < right ? -1 : 1));
  const secrets = await Promise.all(sorted.map(([, at]) => previewSecret(route, at, names, versions)));
  return { secrets, unplaced };
}

interface At {
  namespace: string;
  name: string;
}

/** Where a route puts a secret: nowhere with a reason, or at places, of which there are none for a secret it does not want. */
type Places = { kind: 'at'; places: readonly At[] } | { kind: 'nowhere'; message: string };

function placesOf(route: Route, secret: string): Places {
  if (prefixCovers(route.spec.prefix, secret) && segmentsOf(secret) === undefined)
    return { kind: 'nowhere', message: 'the name cannot be routed: its segments are not clear' };
  const placement = covers(route, secret) ? placementOf(route, secret) : undefined;
  if (placement?.kind === 'refused') return { kind: 'nowhere', message: placement.message };
  if (placement?.kind !== 'placed') return { kind: 'at', places: [] };
  const { namespaces, name } = placement;
  return { kind: 'at', places: namespaces.map((namespace) => ({ namespace, name })) };
}

async function previewSecret(
  route: Route,
  at: At,
  names: readonly string[],
  versions: Versions,
): Promise<PreviewSecret> {
  const secret = { ...at, type: route.spec.type, keys: [], notes: [] };
  try {
    const rendered = await rendering(route, at, names, versions);
    return { ...secret, keys: keysOf(rendered), notes: rendered.notes };
  } catch (error) {
    if (error instanceof RenderRefusal) return { ...secret, refusal: error.detail };
    throw error;
  }
}

function rendering(route: Route, at: At, names: readonly string[], versions: Versions): Promise<Rendering> {
  const sources = sourcesAmong(route, at, names);
  const contributions = sources.flatMap((source) => {
    const use = versions.get(source);
    return use === undefined ? [] : [[source, { use, state: 'valid' }] as const];
  });
  return render(route, new Map(contributions), undefined);
}

function keysOf({ data, madeFrom }: Rendering): PreviewKey[] {
  return Object.entries(data).map(([key, base64]) => ({
    key,
    bytes: Buffer.byteLength(base64, 'base64'),
    sources: madeFrom.get(key) ?? [],
  }));
}

/** The same for people, a line per key. */
export function previewText({ secrets, unplaced }: Preview): string {
  const rows = secrets.flatMap(rowsOf).map((row) => row.map(harmless));
  const heading = ['SECRET', 'TYPE', 'KEY', 'BYTES', 'MADE FROM'];
  const table = rows.length === 0 ? [] : [tableText([heading, ...rows])];
  const notes = secrets.flatMap(({ namespace, name, notes: all }) =>
    all.map((one) => `${namespace}/${name}: ${one}`),
  );
  const nowhere = unplaced.map(({ secret, message }) => `${secret} goes nowhere: ${message}`);
  return [...table, ...[...notes, ...nowhere].map(harmless)].join('\n');
}

function rowsOf({ namespace, name, type, keys, refusal }: PreviewSecret): string[][] {
  const secret = `${namespace}/${name}`;
  if (refusal !== undefined) return [[secret, type, '(refused)', '', refusal]];
  return keys.map(({ key, bytes, sources }) => [secret, type, key, `${bytes}`, sources.join(', ')]);
}

/** Sample secrets as if they had been read from a vault at this moment (Unix seconds). */
export function sampleVersions(
  samples: ReturnType<typeof sampleFile.parse>,
  readAt: number,
): Map<string, SourceVersion> {
  return new Map(
    samples.map(({ name, value, contentType, tags }) => [
      name,
      {
        name,
        value,
        tags,
        version: 'sample',
        enabled: true,
        created: 0,
        updated: 0,
        readAt,
        ...(contentType === undefined ? {} : { contentType }),
      },
    ]),
  );
}
