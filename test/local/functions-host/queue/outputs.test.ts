import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { anEvent, PATIENT, saidBy, textsIn, useSampleApp } from '../fixture.ts';

const { scene, storage } = useSampleApp({ maxPollingInterval: '00:00:01' });
const FAILED = { status: 500, body: 'Exception while executing function: Functions.onEvent' };

afterEach(async () => {
  storage().queues.clearFaults();
  await storage().queues.up();
});

describe('an output of a function', () => {
  it('becomes one message per element, objects as indented JSON', async () => {
    const { host: start, queue } = await scene(onTestFinished);
    const host = await start();
    const messages = ['text', { a: 1 }, 7];
    expect(await host.deliver('onEvent', [anEvent('o', { messages })])).toMatchObject({ status: 202 });
    expect((await textsIn(queue('-events'))).toSorted()).toEqual(['7', 'text', '{\n  "a": 1\n}']);
  });

  it('makes its queue when that is missing', async () => {
    const { host: start, queue } = await scene(onTestFinished);
    await queue('-events').delete();
    const host = await start();
    await host.deliver('onEvent', [anEvent('o', { messages: ['a'] })]);
    expect(await textsIn(queue('-events'))).toEqual(['a']);
  });

  it('fails its function when storage refuses it, and stops no other output', async () => {
    const { host: start, queue } = await scene(onTestFinished);
    const host = await start();
    const data = { messages: ['x'.repeat(65_000)], others: ['small'] };
    expect(await host.deliver('onEvent', [anEvent('o', data)])).toEqual(FAILED);
    expect(await textsIn(queue('-others'))).toEqual(['small']);
    const refused = () =>
      host.lines.some((line) => line.endsWith('(Failed): RestError: Unexpected status code: 413'));
    await expect.poll(refused, PATIENT).toBe(true);
  });

  it('is not sent when its function throws', async () => {
    const { host: start, left } = await scene(onTestFinished);
    const host = await start();
    expect(await host.deliver('onEvent', [anEvent('o', { messages: ['a'], fail: 'no luck' })])).toEqual(
      FAILED,
    );
    expect(await left('-events')).toBe(0);
  });

  it('fails its function while storage is away', async () => {
    const { host: start } = await scene(onTestFinished);
    const host = await start();
    await storage().queues.down();
    expect(await host.deliver('onEvent', [anEvent('o', { messages: ['a'] })])).toEqual(FAILED);
    expect(saidBy(host, 'onEvent').filter((line) => 'finished' in line)).toHaveLength(1);
  });
});
