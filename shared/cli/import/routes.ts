import { DELIMITER, segmentsOf } from '../../names.ts';
import { API_VERSION } from '../../registry/fields.ts';
import { fieldText } from '../../registry/describe.ts';
import { explain } from '../../registry/issues.ts';
import { secretsOfEntry } from '../../registry/data-entry.ts';
import type { DataEntry } from '../../registry/data-entry.ts';
import { routeDocument } from '../../registry/document.ts';
import { FIXED_KEYS } from './convert/content.ts';
import { isObstacle } from './draft.ts';
import type { Draft, Obstacle } from './draft.ts';

/**
 * The route of a draft, under a name that is not taken yet.
 * @param vaults alias -> origin, as the app has them
 * @param clusters as a Route selects them
 */
export function routeOf(
  draft: Draft,
  vaults: ReadonlyMap<string, string>,
  clusters: object,
  taken: ReadonlySet<string>,
) {
  const shape = shapeOf(draft);
  if (isObstacle(shape)) return shape;
  const vault = aliasOf(draft.vaultUrl, vaults);
  if (typeof vault !== 'string') return vault;
  const written = {
    apiVersion: API_VERSION,
    kind: 'Route',
    metadata: { name: nameOf(draft, taken) },
    spec: {
      vault,
      ...shape.select,
      clusters,
      namespaces: draft.namespaces,
      ...shape.make,
      ...optionsOf(draft),
    },
  };
  const result = routeDocument.safeParse(written);
  if (result.success)
    return { draft, written, route: result.data, differences: [...draft.differences, ...shape.differences] };
  const [finding] = explain(result.error, written, 1);
  return {
    why: `its route would not be valid: ${fieldText(finding?.path ?? [])}: ${finding?.message ?? ''}`,
    todo: 'Correct that in the object, or write the route by hand.',
  };
}

/** The alias that the app has for a vault; until it has one, the vault's own name, unless that is another vault's alias. */
function aliasOf(vaultUrl: string, vaults: ReadonlyMap<string, string>): string | Obstacle {
  const known = [...vaults].find(([, origin]) => origin === vaultUrl)?.[0];
  const name = new URL(vaultUrl).hostname.split('.', 1).join('');
  if (known === undefined && vaults.has(name))
    return {
      why: `vault ${vaultUrl} has no alias, and ${name} is that of ${vaults.get(name)}`,
      todo: `Give it one: --vault-url ALIAS=${vaultUrl}, beside the others.`,
    };
  return known ?? name;
}

function nameOf({ namespaces, secret, origins }: Draft, taken: ReadonlySet<string>): string {
  const [only, ...more] = namespaces;
  const plain = more.length === 0 ? `${only}-${secret}` : (origins[0]?.name ?? secret);
  const free = [plain, ...Array.from({ length: taken.size }, (_, index) => `${plain}-${index + 2}`)];
  return free.find((name) => !taken.has(name)) ?? plain;
}

/** Which secrets, and what becomes of them. */
interface Shape {
  select: object;
  make: object;
  differences: string[];
}

function shapeOf({ content, secret }: Draft): Shape | Obstacle {
  if ('data' in content) return explicitShape(secret, content.data, []);
  const format = content.format === undefined ? {} : { format: content.format };
  const whole = expandShape(content.expand, secret, format);
  if (whole !== undefined) return whole;
  if (content.keys === undefined) return needsName(content.expand, secret);
  const data = content.keys.map((key): [string, DataEntry] => [
    key,
    { secret: content.expand, property: key, ...format },
  ]);
  return explicitShape(secret, Object.fromEntries(data), [FIXED_KEYS]);
}

/** All properties of a secret: where its name and that of the Secret fit, a layout says so. */
function expandShape(source: string, secret: string, format: object): Shape | undefined {
  const segments = segmentsOf(source) ?? [];
  const all = { json: 'expand', ...format };
  if (source === secret && segments.length > 0)
    return { select: { prefix: source }, make: { layout: 'flat', ...all }, differences: [] };
  const prefix = segments.slice(0, -1).join(DELIMITER) + DELIMITER;
  if (segments.length < 2 || segments.at(-1) !== secret) return undefined;
  return { select: { prefix, match: { names: [source] } }, make: all, differences: [] };
}

function needsName(source: string, secret: string): Obstacle {
  return {
    why: `all properties of ${source} become keys of Secret ${secret}, and a route that takes them all calls its Secret ${segmentsOf(source)?.at(-1) ?? source}`,
    todo: 'Read it with --context, where its Secret shows the keys, or name each key under data of the route.',
  };
}

function explicitShape(
  name: string,
  data: Readonly<Record<string, DataEntry>>,
  differences: string[],
): Shape | Obstacle {
  const sources = [...new Set(Object.values(data).flatMap(secretsOfEntry))];
  const lost = sources.find((source) => segmentsOf(source) === undefined);
  if (lost !== undefined)
    return {
      why: `the name ${lost} cannot be routed: "--" separates its parts, and none may begin or end with "-"`,
      todo: 'Give the secret another name in the vault.',
    };
  if (sources.length === 0)
    return { why: 'no secret of a vault goes into it', todo: 'Remove the object, or correct it.' };
  return { select: prefixOf(sources), make: { layout: 'explicit', name, data }, differences };
}

/** The longest prefix that the secrets share; of one secret all but its last part. */
function prefixOf(sources: readonly string[]): object {
  const [first = [], ...others] = sources.map((source) => segmentsOf(source) ?? []);
  const shared = first
    .slice(0, -1)
    .findIndex((segment, index) =>
      others.some((other) => other.length <= index + 1 || other[index] !== segment),
    );
  const count = shared === -1 ? first.length - 1 : shared;
  if (count > 0) return { prefix: first.slice(0, count).join(DELIMITER) + DELIMITER };
  return sources.length === 1 ? { prefix: sources[0] } : { prefix: '', allSecrets: true };
}

function optionsOf({ type, labels, annotations, immutable, removesDeleted }: Draft): object {
  const filled = (pairs: Readonly<Record<string, string>>): boolean => Object.keys(pairs).length > 0;
  return {
    ...(type === 'Opaque' ? {} : { type }),
    ...(filled(labels) ? { labels } : {}),
    ...(filled(annotations) ? { annotations } : {}),
    ...(immutable ? { immutable } : {}),
    ...(removesDeleted ? { onDeleted: 'remove' } : {}),
  };
}
