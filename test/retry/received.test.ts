import { describe, expect, it } from 'vitest';
import { originOf, readMessage, refuseMessage, withMessage } from '../../shared/retry/received.ts';
import { rowsOf } from '../support/fleet.ts';
import { createWorld, finish } from '../support/world.ts';

const { signal } = new AbortController();
const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('a message of a queue', () => {
  it.each<[string, unknown, unknown]>([
    ['as JSON that the host has parsed', { kind: 'secret' }, { kind: 'secret' }],
    ['as a number that the host has parsed', 42, 42],
    ['as base64 of JSON, as every release writes it', base64('{"kind":"secret"}'), { kind: 'secret' }],
    ['as base64 with a line break at its end', `${base64('{"a":1}')}\n`, { a: 1 }],
    ['as base64 in lines, as base64 of a shell writes it', 'eyJh\r\nIjox\nfQ==\n', { a: 1 }],
    ['as base64 of JSON behind a byte order mark', base64('\uFEFF{"a":1}'), { a: 1 }],
    ['as JSON in text', '{"a":1}', { a: 1 }],
    ['as JSON behind a byte order mark', '\uFEFF{"a":1}', { a: 1 }],
    ['as bytes of JSON', new TextEncoder().encode('{"a":1}'), { a: 1 }],
    ['as base64 of a JSON array of events', base64('[{"id":"1"}]'), [{ id: '1' }]],
  ])('is read %s', (_how, message, body) => {
    expect(readMessage(message)).toEqual({ body });
  });

  it.each<[string, unknown]>([
    ['text of a person', 'please rotate'],
    ['nothing at all', ''],
    ['blanks', '   '],
    ['base64 of text that is no JSON', base64('hello')],
    ['base64 of bytes that are no UTF-8', Buffer.from([0xff, 0xfe, 0x00]).toString('base64')],
    ['base64 that is cut off', base64('{"kind":"secret"}').slice(0, -3)],
    ['base64url', Buffer.from('{"a":"???>"}').toString('base64url')],
    ['bytes that are no UTF-8', new Uint8Array([0xff, 0xfe])],
    ['JSON that is cut off', '{"kind":'],
  ])('is not read when it is %s', (_what, message) => {
    expect(readMessage(message)).toEqual({ why: 'it is neither JSON nor base64 of JSON' });
  });

  it('says where it comes from, as the host tells it', () => {
    const metadata = { id: '5f1c-22', insertionTime: '2026-11-20T10:15:00+00:00', queueTrigger: 's3cret' };
    expect(originOf('push', 'text', metadata)).toEqual({
      queue: 'push',
      id: '5f1c-22',
      bytes: 4,
      insertedAt: '2026-11-20T10:15:00.000Z',
    });
  });

  it.each([
    [[], 2],
    [{}, 2],
    [[{ a: 'ö', b: [1, null] }, true], 30],
    [{ a: { b: {} } }, 14],
    [42, 2],
    [null, 4],
  ])('says how long one was that the host has parsed: %j', (message, bytes) => {
    expect(originOf('push', message).bytes).toBe(bytes);
    expect(Buffer.byteLength(JSON.stringify(message))).toBe(bytes);
  });

  it('says so of one that is as deep as a message can be', () => {
    const text = `${'['.repeat(32_000)}${']'.repeat(32_000)}`;
    expect(originOf('push', JSON.parse(text)).bytes).toBe(64_000);
  });

  it.each([undefined, {}, { id: 7, insertionTime: 'soon' }, { id: 'a b\n{"level":"info"}' }])(
    'says no more than it knows of one run by hand: %j',
    (metadata) => {
      expect(originOf('push', '', metadata)).toEqual({ queue: 'push', id: '', bytes: 0, insertedAt: '' });
    },
  );
});

describe('a message that nobody can read', () => {
  const problem = async (world: ReturnType<typeof createWorld>) => (await rowsOf(world, '-'))[0];

  it('leaves one line with where it was, and never its text', async () => {
    const world = createWorld();
    const metadata = { id: 'id-1', insertionTime: '2026-11-20T10:15:00Z' };
    const handled: unknown[] = [];
    await withMessage(world.ports, 'push', 's3cret', metadata, async (body) => void handled.push(body));
    expect(handled).toEqual([]);
    const [line] = world.ports.log.outcomes;
    expect(line).toMatchObject({ code: 'BAD_MESSAGE' });
    expect(line?.message).toContain(
      'queue push cannot be read (id id-1, 6 bytes, inserted 2026-11-20T10:15:00.000Z)',
    );
    expect(JSON.stringify([line, await problem(world)])).not.toContain('s3cret');
  });

  it('is one problem per queue: how many, since when, the last one, and the last ten ids', async () => {
    const world = createWorld();
    for (let number = 1; number <= 12; number += 1) {
      await refuseMessage(world.ports, originOf('push', 'x', { id: `id-${number}` }), 'it is no JSON');
      await world.ports.clock.advance(60_000);
    }
    await refuseMessage(world.ports, originOf('reconcile', 'x'), 'it is no JSON');
    const rows = await rowsOf(world, '-');
    expect(rows.map(({ id }) => id)).toEqual(['message:push', 'message:reconcile']);
    expect(rows[0]).toMatchObject({ state: 'problem', code: 'BAD_MESSAGE', attempts: 12 });
    expect(rows[0]?.messages.split(',')).toEqual(
      Array.from({ length: 10 }, (_, index) => `id-${12 - index}`),
    );
    expect(rows[0]?.message).toMatch(
      /^12 messages of queue push could not be read, the first .*10:15|^12 messages/,
    );
    expect((rows[0]?.lookedAt ?? 0) - (rows[0]?.since ?? 0)).toBe(11 * 60_000);
  });

  it('is counted although as many come at once as an instance takes, and another one has as many', async () => {
    const world = createWorld();
    world.before = () => world.ports.clock.sleep(10);
    const other = { ...world.otherProcess(), status: { ...world.ports.status } };
    const refused = [world.ports, other].flatMap((ports, process) =>
      Array.from({ length: 24 }, (_, index) =>
        refuseMessage(ports, originOf('push', 'x', { id: `id-${process}-${index}` }), 'it is no JSON'),
      ),
    );
    await finish(world.ports.clock, Promise.all(refused));
    expect(await finish(world.ports.clock, rowsOf(world, '-'))).toMatchObject([{ attempts: 48 }]);
  });

  it('is counted after one that the table did not take', async () => {
    const world = createWorld();
    world.ports.status.fail({ code: 'STATUS_UNAVAILABLE', times: 1 });
    const refuse = (id: string) => refuseMessage(world.ports, originOf('push', 'x', { id }), 'it is no JSON');
    await Promise.all([refuse('id-1'), refuse('id-2')]);
    await refuse('id-3');
    expect(await rowsOf(world, '-')).toMatchObject([{ attempts: 1, messages: 'id-3' }]);
    expect(world.ports.log.codes().filter((code) => code === 'BAD_MESSAGE')).toHaveLength(3);
  });

  it('leaves a line although the table takes no problem, and stops nothing', async () => {
    const world = createWorld();
    world.ports.status.fail({ code: 'STATUS_UNAVAILABLE' });
    await refuseMessage(world.ports, originOf('push', 'x'), 'it is no JSON');
    expect(world.ports.log.codes()).toContain('BAD_MESSAGE');
    expect(
      await world.ports.status
        .target({ cluster: '-', namespace: 'message', name: 'push' }, signal)
        .catch(() => undefined),
    ).toBeUndefined();
  });
});
