import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { isNeighbours, usersOf } from '../../../shared/cli/dashboard/server/neighbour.ts';

/** As Linux has it: a server on port 8123 (1FBB), and browsers of users 1000 and 1001. */
const TABLE = `
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1FBB 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 1 1 0 100 0 0 10 0
   1: 0100007F:C350 0100007F:1FBB 01 00000000:00000000 00:00000000 00000000  1000        0 2 1 0 20 4 30 10 -1
   2: 0100007F:1FBB 0100007F:C350 01 00000000:00000000 00:00000000 00000000  1000        0 3 1 0 20 4 30 10 -1
   3: 0100007F:C351 0100007F:1FBB 01 00000000:00000000 00:00000000 00000000  1001        0 4 1 0 20 4 30 10 -1
   4: 0100007F:C352 0100007F:1FBB 06 00000000:00000000 03:000016C5 00000000     0        0 0 3 0
   5: 0000000000000000FFFF00000100007F:C353 0000000000000000FFFF00000100007F:1FBB 01 00000000:00000000 00:00000000 00000000  1002 0 5
`;
const usersAt = (client: number): string[] => usersOf({ client, server: 8123 }, TABLE);

describe('whose a connection is', () => {
  it('is told by the user of its other end, in both families of addresses', () => {
    expect(usersAt(50_000)).toEqual(['1000']);
    expect(usersAt(50_001)).toEqual(['1001']);
    expect(usersAt(50_003)).toEqual(['1002']);
  });

  it('is not taken for root’s when it is closed already', () => {
    expect(usersAt(50_002)).toEqual(['closed']);
  });

  it('is not known where the system lists no such connection', () => {
    expect(usersAt(50_004)).toEqual([]);
    expect(usersOf({ client: 50_000, server: 8124 }, TABLE)).toEqual([]);
  });

  it('is no neighbour’s when this very process made it', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const accepted = new Promise<void>((resolve) => void server.once('connection', () => resolve()));
    const socket = connect(port, '127.0.0.1');
    await accepted;
    const ends = { client: socket.localPort ?? 0, server: port };

    expect(await isNeighbours(ends)).toBe(false);
    socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
});
