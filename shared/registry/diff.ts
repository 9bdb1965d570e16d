import { isDeepStrictEqual } from 'node:util';
import { fieldText } from './describe.ts';
import type { RegistryDocument } from './document.ts';

/** One field that differs. Both sides are text for people; undefined: not set. */
interface FieldChange {
  field: string;
  from?: string;
  to?: string;
}

const LONGEST = 100;

function shown(value: unknown): string {
  const json = JSON.stringify(value);
  return json.length <= LONGEST ? json : `${json.slice(0, LONGEST / 2)}… (${json.length} characters)`;
}

const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function changesAt(path: readonly string[], from: unknown, to: unknown): FieldChange[] {
  if (isDeepStrictEqual(from, to)) return [];
  if (isMapping(from) && isMapping(to)) {
    const keys = new Set([...Object.keys(from), ...Object.keys(to)]);
    return [...keys].flatMap((key) => changesAt([...path, key], from[key], to[key]));
  }
  const sides = {
    ...(from === undefined ? {} : { from: shown(from) }),
    ...(to === undefined ? {} : { to: shown(to) }),
  };
  return [{ field: fieldText(path), ...sides }];
}

/**
 * What differs between two documents, field by field; lists differ as a whole. The validated forms are compared, so
 * writing a default out, or another order of fields, is no change.
 */
export function changesBetween(from: RegistryDocument, to: RegistryDocument): FieldChange[] {
  return changesAt([], from, to);
}
