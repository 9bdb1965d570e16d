import type { HostRequest } from './server.ts';

/** The keys of an app, by whom they let in. A key that is not configured lets nobody in. */
export interface Keys {
  /** For functions of the level `function`. */
  functions: string | undefined;
  /** For everything. */
  master: string | undefined;
  /** Of the Event Grid extension: in the address that Event Grid delivers to. */
  eventGrid: string | undefined;
}

export function keysOf(env: NodeJS.ProcessEnv): Keys {
  return {
    functions: env['FUNCTIONS_KEY'],
    master: env['HOST_MASTER_KEY'],
    eventGrid: env['HOST_EVENT_GRID_KEY'],
  };
}

/**
 * Undefined when the request carries one of the keys that let in here, in the header or the query. Else 403 for a
 * function key, which is known but is not enough, and 401 for every other.
 */
export function refusalOf(
  { headers, url }: HostRequest,
  keys: Keys,
  allowed: keyof Keys,
): 401 | 403 | undefined {
  const given = headers['x-functions-key'] ?? url.searchParams.get('code');
  if (typeof given !== 'string') return 401;
  if (given === keys[allowed] || given === keys.master) return undefined;
  return given === keys.functions ? 403 : 401;
}
