import { describe, it } from 'vitest';
import { begun, PATIENT, saidBy, useSampleApp } from '../fixture.ts';

const { scene, storage } = useSampleApp({
  maxPollingInterval: '00:00:01',
  visibilityTimeout: '00:00:01',
  maxDequeueCount: 3,
});

const WARNING = /^Message decoding has failed! Check MessageEncoding settings\. MessageId=[0-9a-f-]{36}\.$/;
const NO_UTF_8 = Buffer.from([0xff, 0xfe, 0x80]).toString('base64');
const PLAIN = { AzureFunctionsJobHost__extensions__queues__messageEncoding: 'none' };

describe.concurrent('with messageEncoding base64, a message', { timeout: 60_000 }, () => {
  it('that is no base64 goes to the poison queue at first sight, as it is and without a call', async ({
    expect,
    onTestFinished,
  }) => {
    const { host: start, queue, left } = await scene(onTestFinished);
    const host = await start({ 'AzureWebJobs.gaveUp.Disabled': 'true' });
    await queue().sendMessage('{"not":"base64"}');
    await expect.poll(() => left('-poison'), PATIENT).toBe(1);
    await expect.poll(() => left(), PATIENT).toBe(0);
    const [poison] = (await queue('-poison').peekMessages()).peekedMessageItems;
    expect(poison).toMatchObject({ messageText: '{"not":"base64"}' });
    expect(begun(host)).toEqual([]);
    expect(host.lines.filter((line) => WARNING.test(line))).toHaveLength(1);
  });

  it('that is no base64 in a poison queue is warned of at the end of every lease, and never reaches a function', async ({
    expect,
    onTestFinished,
  }) => {
    const { host: start, queue, left } = await scene(onTestFinished);
    const host = await start({ HOST_QUEUE_LEASE_SECONDS: '2' });
    await queue('-poison').sendMessage('{"not":"base64"}');
    const warnings = () => host.lines.filter((line) => WARNING.test(line)).length;
    // More often than maxDequeueCount, and still there.
    await expect.poll(warnings, PATIENT).toBeGreaterThan(3);
    expect(saidBy(host, 'gaveUp')).toEqual([]);
    expect(await left('-poison')).toBe(1);
  });

  it('of bytes that are no UTF-8 fails as often as any other, without a call, and is poison then', async ({
    expect,
    onTestFinished,
  }) => {
    const { host: start, queue, left } = await scene(onTestFinished);
    const host = await start();
    await queue().sendMessage(NO_UTF_8);
    await expect.poll(() => left('-poison'), PATIENT).toBe(1);
    const failures = host.lines.filter((line) => line.startsWith("Executed 'Functions.work' (Failed)"));
    expect(failures).toHaveLength(3);
    expect([begun(host), saidBy(host, 'gaveUp')]).toEqual([[], []]);
  });
});

describe.concurrent('with messageEncoding none, a message', { timeout: 60_000 }, () => {
  it.for([
    ['text, as a string', 'plain text', 'plain text'],
    ['JSON, parsed', '{"a":[1]}', { a: [1] }],
    ['a number, parsed', '42', 42],
    ['base64, as its text', Buffer.from('{"a":1}').toString('base64'), 'eyJhIjoxfQ=='],
  ] as const)('is delivered: %s', async ([, sent, message], { expect, onTestFinished }) => {
    const { host: start, queue } = await scene(onTestFinished);
    const host = await start(PLAIN);
    await queue().sendMessage(sent);
    await expect.poll(() => begun(host), PATIENT).toMatchObject([{ message }]);
  });

  it('is delivered when it is empty, as an empty string', async ({ expect, onTestFinished }) => {
    const { host: start, queue } = await scene(onTestFinished);
    const host = await start(PLAIN);
    await queue().sendMessage('');
    await expect.poll(() => begun(host), PATIENT).toMatchObject([{ message: '' }]);
  });

  it('is sent without an encoding, too', async ({ expect, onTestFinished }) => {
    const { host: start, queue } = await scene(onTestFinished);
    await start(PLAIN);
    await queue().sendMessage('7');
    const sent = async () => (await queue('-done').peekMessages()).peekedMessageItems[0]?.messageText;
    await expect.poll(sent, PATIENT).toBe('{\n  "did": 7\n}');
  });
});

describe.concurrent('a function on a poison queue', { timeout: 60_000 }, () => {
  it('that fails is called again at the end of each lease of 600 seconds, without a limit', async ({
    expect,
    onTestFinished,
  }) => {
    const { host: start, queue } = await scene(onTestFinished);
    const host = await start({ HOST_QUEUE_LEASE_SECONDS: '2' });
    const message = Buffer.from('{"failAsPoison":true}').toString('base64');
    await queue('-poison').sendMessage(message);
    const counts = () => saidBy(host, 'gaveUp').map(({ dequeueCount }) => dequeueCount);
    await expect.poll(() => counts().length, PATIENT).toBeGreaterThan(4);
    expect(counts().slice(0, 5)).toEqual([1, 2, 3, 4, 5]);
    // Nobody made it visible before: neither visibilityTimeout nor maxDequeueCount counts there.
    const releases = storage().queues.requests.filter(
      ({ method, path }) => method === 'PUT' && path.includes(`/${queue('-poison').name}/`),
    );
    expect(releases).toEqual([]);
  });
});
