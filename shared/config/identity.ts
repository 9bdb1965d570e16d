import type { Parsed } from './parse.ts';
import { found } from './parse.ts';

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** It becomes the value of a label on every Secret. */
const INSTANCE = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

export function parseClientId(text: string): Parsed<string | undefined> {
  if (text === '' || GUID.test(text)) return { value: text || undefined, problems: [] };
  return {
    value: undefined,
    problems: [`must be the client id of a managed identity; found ${found(text)}`],
  };
}

export function parseInstance(text: string): Parsed<string> {
  if (INSTANCE.test(text)) return { value: text, problems: [] };
  const rule = 'at most 63 letters, digits, "-", "_" and ".", first and last a letter or digit';
  const was = text === '' ? 'and WEBSITE_SITE_NAME is not set either' : `found ${found(text)}`;
  return { value: text, problems: [`must be the name of this deployment: ${rule}; ${was}`] };
}

/** Whose members may ask where a secret is: see adapters/identity/owners.ts. */
export function parseOwnersGroup(text: string): Parsed<string | undefined> {
  if (text === '' || GUID.test(text)) return { value: text.toLowerCase() || undefined, problems: [] };
  return { value: undefined, problems: [`must be the object id of a group; found ${found(text)}`] };
}
