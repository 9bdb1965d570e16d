import { readFile } from 'node:fs/promises';

/** The two ends of a connection on this machine. */
interface Ends {
  client: number;
  server: number;
}

/** Linux tells which user a connection belongs to. Other systems have no such file. */
const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'];
const ESTABLISHED = '01';

/**
 * Whether the other end belongs to another user of this machine. Everybody on it sees which address a browser was started
 * with, and could open it first. `false` where the system does not say.
 */
export async function isNeighbours(ends: Ends, env = process.env): Promise<boolean> {
  const own = process.getuid?.();
  if (own === undefined) return false;
  // Root needs no address, and forwards the connections of containers; with sudo the browser belongs to whoever asked.
  const friends = new Set([String(own), '0', env['SUDO_UID']]);
  const tables = await Promise.all(TABLES.map((path) => readFile(path, 'utf8').catch(() => '')));
  return usersOf(ends, tables.join('\n')).some((user) => !friends.has(user));
}

/**
 * Users of the client's end, by number, as the system's table has it: `0: 0100007F:1F90 0100007F:1F91 01 … 1000 …`. One that
 * was closed already has none, and counts as root's there: so it is `closed`.
 */
export function usersOf({ client, server }: Ends, table: string): string[] {
  const [from, to] = [hex(client), hex(server)];
  return table.split('\n').flatMap((line) => {
    const [, local = '', remote = '', state, , , , user = ''] = line.trim().split(/\s+/);
    if (!local.endsWith(`:${from}`) || !remote.endsWith(`:${to}`)) return [];
    return [state === ESTABLISHED ? user : 'closed'];
  });
}

function hex(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, '0');
}
