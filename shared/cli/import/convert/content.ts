import type { DataEntry } from '../../../registry/data-entry.ts';
import { at, listAt, textAt } from '../../connect/objects.ts';
import { isObstacle } from '../draft.ts';
import type { Draft, Obstacle } from '../draft.ts';
import type { Surroundings } from '../surroundings.ts';
import { liquidEntry, templateDifferences } from './go-template.ts';
import { encodingOf, entryOf, pieceAt } from './remote-ref.ts';
import type { Piece } from './remote-ref.ts';

type Entries = Record<string, DataEntry>;

type Contents = Pick<Draft, 'content' | 'differences'>;

/** What the spec of an ExternalSecret puts into its Secret: data over dataFrom, and templates over both. */
export async function contentOf(
  spec: unknown,
  namespace: string,
  secret: string,
  surroundings: Surroundings,
): Promise<Contents | Obstacle> {
  const pieces = piecesOf(listAt(spec, 'data'));
  if (isObstacle(pieces)) return pieces;
  const templates = Object.entries(Object(at(spec, 'target', 'template', 'data')) as Record<string, string>);
  const keepsRest = templates.length === 0 || textAt(spec, 'target', 'template', 'mergePolicy') === 'Merge';
  const from = listAt(spec, 'dataFrom');
  const made = templated(templates, pieces, from);
  if (isObstacle(made)) return made;
  const differences = templates.flatMap(([key, template]) =>
    templateDifferences(String(template)).map((one) => `spec.target.template.data.${key}: ${one}`),
  );
  if (!keepsRest) return { content: { data: made }, differences };
  const own = Object.fromEntries([...pieces].map(([key, piece]) => [key, entryOf(piece)]));
  const named = { ...own, ...made };
  if (from.length === 0) return { content: { data: named }, differences };
  const all = await allOf(from, named, () => surroundings.keysOf(namespace, secret));
  return isObstacle(all) ? all : { ...all, differences: [...differences, ...all.differences] };
}

function piecesOf(data: readonly unknown[]): Map<string, Piece> | Obstacle {
  const pieces = new Map<string, Piece>();
  for (const one of data) {
    const piece = pieceAt(at(one, 'remoteRef'));
    if (isObstacle(piece)) return piece;
    pieces.set(textAt(one, 'secretKey'), piece);
  }
  return pieces;
}

/** Names in templates that no data spells are properties of the JSON secret, if there is exactly one. */
function templated(
  templates: readonly [string, string][],
  pieces: ReadonlyMap<string, Piece>,
  from: readonly unknown[],
): Entries | Obstacle {
  const extracts = from.flatMap((one) => (at(one, 'extract') === undefined ? [] : [at(one, 'extract')]));
  const lone = extracts.length === 1 && from.length === 1 ? pieceAt(extracts[0]) : undefined;
  const rest = lone === undefined || isObstacle(lone) || lone.encoding !== undefined ? undefined : lone;
  const entries: Entries = {};
  for (const [key, template] of templates) {
    const entry = liquidEntry(String(template), { pieces, rest });
    if (isObstacle(entry)) return { ...entry, why: `spec.target.template.data.${key}: ${entry.why}` };
    entries[key] = entry;
  }
  return entries;
}

/** Whatever dataFrom gives, beside keys that are named. */
async function allOf(
  from: readonly unknown[],
  named: Entries,
  keysOf: () => Promise<readonly string[] | undefined>,
): Promise<Contents | Obstacle> {
  const [one, ...more] = from;
  if (more.length > 0)
    return {
      why: 'spec.dataFrom: which of its entries makes a key can be told of one entry only',
      todo: 'Name each key under data of the route.',
    };
  const source = sourceIn(one);
  if (isObstacle(source)) return source;
  const keys = await keysOf();
  const whole = source.by === 'extract' && isWhole(source.piece) ? source.piece.secret : undefined;
  if (whole !== undefined && Object.keys(named).length === 0)
    return { content: { expand: whole, keys }, differences: [] };
  if (keys === undefined) return NEEDS_KEYS;
  const rest = keys.filter((key) => !Object.hasOwn(named, key));
  const entries = rest.map((key): [string, DataEntry] => [key, entryOf(pieceOf(key, source))]);
  return { content: { data: { ...Object.fromEntries(entries), ...named } }, differences: [FIXED_KEYS] };
}

const NEEDS_KEYS: Obstacle = {
  why: 'spec.dataFrom: its keys stand in the vault only',
  todo: 'Read it with --context, where its Secret shows them, or name each key under data of the route.',
};

export const FIXED_KEYS =
  'spec.dataFrom: the route names the keys that the Secret has now; what is added in the vault is not taken along';

/** One JSON secret, or all secrets that the vault has under some names or tags. */
type Source = { by: 'extract'; piece: Piece } | { by: 'find'; encoding: Piece['encoding'] };

function sourceIn(from: unknown): Source | Obstacle {
  if (at(from, 'find') === undefined) {
    const piece = pieceAt(at(from, 'extract'));
    return isObstacle(piece) ? piece : { by: 'extract', piece };
  }
  const encoding = encodingOf(textAt(from, 'find', 'decodingStrategy'));
  return typeof encoding === 'object' ? encoding : { by: 'find', encoding };
}

function isWhole({ path, encoding }: Piece): boolean {
  return path.length === 0 && encoding === undefined;
}

/** A key is called like its property, or like its secret. */
function pieceOf(key: string, source: Source): Piece {
  if (source.by === 'extract') return { ...source.piece, path: [...source.piece.path, key] };
  return { secret: key.toLowerCase(), path: [], encoding: source.encoding };
}
