import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answering, startAnswering } from './answering.ts';

const MIB = 1024 * 1024;

let peer: Answering;
let answer: { status: number; body: Buffer } = { status: 200, body: Buffer.alloc(0) };
beforeAll(async () => {
  peer = await startAnswering(() => answer);
});
afterAll(() => peer.stop());

function answered(text: string | Buffer, status = 200) {
  answer = { status, body: typeof text === 'string' ? gzipSync(text) : text };
  return peer.get();
}

/** A list of texts, of so many bytes. */
const listOf = (bytes: number): string =>
  JSON.stringify(Array.from({ length: 64 }, () => 'x'.repeat(bytes / 64)));

describe('an answer that was compressed', () => {
  it.each([
    ['small', 1000],
    ['large', MIB],
  ])('comes whole when it is %s', async (_what, bytes) => {
    const { status, body } = await answered(listOf(bytes));
    expect({ status, text: body.toString() }).toEqual({ status: 200, text: listOf(bytes) });
  });

  it('comes whole when its end says less of its size than is true', async () => {
    const [head, tail] = [listOf(MIB).slice(0, -10), listOf(MIB).slice(-10)];
    const { body } = await answered(Buffer.concat([gzipSync(head), gzipSync(tail)]));
    expect(body.toString()).toBe(listOf(MIB));
  });

  it.each([
    ['is nested too deep', '['.repeat(4 * MIB), 'unusable'],
    ['holds too much', `[${'{},'.repeat(MIB)}{}]`, 'too-large'],
    ['grows too long', `"${'x'.repeat(4 * MIB)}"`, 'too-large'],
    ['is broken far behind its start', gzipSync(listOf(MIB)).subarray(0, -100), 'unusable'],
  ])('ends in a failure of ours when it %s', async (_what, text, kind) => {
    await expect(answered(text)).rejects.toMatchObject({ name: 'ExchangeFailure', kind });
  });

  it('is what it is when it refuses: its status says enough, and nobody reads its text as JSON', async () => {
    const page = `<p>${', {'.repeat(MIB)}</p>`;
    const { status, body } = await answered(page, 403);
    expect({ status, isWhole: body.equals(Buffer.from(page)) }).toEqual({ status: 403, isWhole: true });
  });
});
