import { type createGunzip, gzipSync } from 'node:zlib';
import { expect, it, vi } from 'vitest';
import { startAnswering } from './answering.ts';

const growing = vi.hoisted(() => ({ now: 0, most: 0 }));
vi.mock('node:zlib', async (original) => {
  const zlib = await original<{ createGunzip: typeof createGunzip }>();
  const counted: typeof createGunzip = (options) => {
    growing.most = Math.max(growing.most, (growing.now += 1));
    return zlib.createGunzip(options).once('close', () => (growing.now -= 1));
  };
  return { ...zlib, createGunzip: counted };
});

const MIB = 1024 * 1024;

it('of many answers that grow large, no more than two do so at once', async () => {
  const text = JSON.stringify(Array.from({ length: 64 }, () => 'x'.repeat(MIB / 64)));
  const body = gzipSync(text);
  const peer = await startAnswering(() => ({ status: 200, body }));
  const answers = await Promise.all(Array.from({ length: 16 }, () => peer.get()));
  expect(answers.map((answer) => answer.body.length)).toEqual(Array.from({ length: 16 }, () => text.length));
  expect(growing).toEqual({ now: 0, most: 2 });
  await peer.stop();
});
