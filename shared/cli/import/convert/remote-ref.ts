import type { DataEntry } from '../../../registry/data-entry.ts';
import { secretName } from '../../../registry/fields.ts';
import { textAt } from '../../connect/objects.ts';
import type { Obstacle } from '../draft.ts';

/** What a remoteRef of External Secrets Operator points at. */
export interface Piece {
  /** Lower case. */
  secret: string;
  /** Steps into the JSON of its value; empty: the whole value. */
  path: readonly string[];
  encoding: 'base64' | 'base64url' | undefined;
}

export function pieceAt(reference: unknown): Piece | Obstacle {
  const named = namedSecret(textAt(reference, 'key'));
  if (typeof named !== 'string') return named;
  const path = pathOf(textAt(reference, 'property'));
  if ('why' in path) return path;
  const encoding = encodingOf(textAt(reference, 'decodingStrategy'));
  return typeof encoding === 'object' ? encoding : { secret: named, path: path.steps, encoding };
}

/** `secret/NAME`, or NAME alone; `cert/NAME` and `key/NAME` are what no secret of the vault holds. */
function namedSecret(key: string): string | Obstacle {
  const [name = '', kind = 'secret', ...more] = key.split('/').toReversed();
  if (kind === 'cert' && more.length === 0)
    return {
      why: `${key} is the public certificate in DER`,
      todo: `Write the route by hand: {certificate: ${name}, part: chain} gives it as PEM.`,
    };
  if (kind === 'key' && more.length === 0)
    return {
      why: `${key} is a key of the vault, as JSON`,
      todo: 'Read it where it is needed: it is public.',
    };
  if (kind === 'secret' && more.length === 0 && secretName.safeParse(name).success) return name.toLowerCase();
  return { why: `${JSON.stringify(key)} names no secret of a vault`, todo: 'Correct the name.' };
}

/** Of gjson, which the operator reads a property with; anything but plain steps is a language of its own. */
function pathOf(property: string): { steps: string[] } | Obstacle {
  if (!/[*?#|@\\[\]{}!%"]/.test(property)) return { steps: property === '' ? [] : property.split('.') };
  return {
    why: `the property ${JSON.stringify(property)} is a query`,
    todo: 'Put what is needed into a property of its own.',
  };
}

/** undefined: the value is taken as it is. */
export function encodingOf(strategy: string): Piece['encoding'] | Obstacle {
  if (strategy === 'Base64') return 'base64';
  if (strategy === 'Base64URL') return 'base64url';
  if (strategy === '' || strategy === 'None') return undefined;
  return {
    why: `decodingStrategy ${strategy} guesses whether a value is encoded`,
    todo: 'Say Base64 or None.',
  };
}

/** A key that is this piece. A single step is a name that may hold anything, several are a JSON Pointer. */
export function entryOf({ secret, path, encoding }: Piece): DataEntry {
  const [only, ...more] = path;
  const selected =
    only === undefined ? {} : more.length === 0 ? { property: only } : { pointer: pointerOf(path) };
  return { secret, ...selected, ...(encoding === undefined ? {} : { encoding }) };
}

function pointerOf(path: readonly string[]): string {
  return path.map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
