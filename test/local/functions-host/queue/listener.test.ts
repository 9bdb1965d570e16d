import { describe, it } from 'vitest';
import { begun, finished, PATIENT, saidBy, textsIn, useSampleApp } from '../fixture.ts';
import type { RunningHost } from '../client.ts';

const { scene, storage } = useSampleApp({
  batchSize: 4,
  newBatchThreshold: 2,
  maxPollingInterval: '00:00:01',
  visibilityTimeout: '00:00:01',
  maxDequeueCount: 2,
});

/** How much ran at once, at most. */
function mostAtOnce(host: RunningHost): number {
  let [now, most] = [0, 0];
  for (const line of saidBy(host, 'work')) {
    now += 'message' in line ? 1 : -1;
    most = Math.max(most, now);
  }
  return most;
}

describe.concurrent('a queue function', { timeout: 60_000 }, () => {
  it('gets the message with what storage knows about it, and the message is deleted', async ({
    expect,
    onTestFinished,
  }) => {
    const { host: start, send, left } = await scene(onTestFinished);
    const host = await start();
    await send({ n: 1 });
    await expect.poll(() => finished(host), PATIENT).toHaveLength(1);
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as unknown;
    const word = expect.any(String) as unknown;
    const triggerMetadata = {
      dequeueCount: 1,
      id: word,
      popReceipt: word,
      insertionTime: time,
      expirationTime: time,
      nextVisibleTime: time,
    };
    expect(begun(host)).toMatchObject([{ message: { n: 1 }, triggerMetadata }]);
    await expect.poll(() => left(), PATIENT).toBe(0);
  });

  it('sends what it returns', async ({ expect, onTestFinished }) => {
    const { host: start, send, queue } = await scene(onTestFinished);
    await start();
    await send('just text');
    await expect.poll(() => textsIn(queue('-done')), PATIENT).toEqual(['{\n  "did": "just text"\n}']);
  });

  it('is called again after visibilityTimeout and a poll when it failed', async ({
    expect,
    onTestFinished,
  }) => {
    const { host: start, send, queue } = await scene(onTestFinished);
    const host = await start();
    await send({ fail: true });
    await expect.poll(() => begun(host), PATIENT).toHaveLength(2);
    expect(begun(host).map(({ triggerMetadata }) => triggerMetadata)).toMatchObject([
      { dequeueCount: 1 },
      { dequeueCount: 2 },
    ]);
    const releases = storage().queues.requests.filter(
      ({ method, path, query }) =>
        method === 'PUT' && path.includes(`/${queue().name}/`) && query.includes('visibilitytimeout=1'),
    );
    expect(releases).toHaveLength(1);
  });

  it('loses a message at its last failure: the message goes to the poison queue as it is, for seven days', async ({
    expect,
    onTestFinished,
  }) => {
    const { host: start, send, queue, left } = await scene(onTestFinished);
    const host = await start({ 'AzureWebJobs.gaveUp.Disabled': 'true' });
    await send({ fail: true });
    await expect.poll(() => left('-poison'), PATIENT).toBe(1);
    const [poison] = (await queue('-poison').peekMessages()).peekedMessageItems;
    expect(poison?.messageText).toBe(Buffer.from('{"fail":true}').toString('base64'));
    const days = (Number(poison?.expiresOn) - Number(poison?.insertedOn)) / 86_400_000;
    expect(days).toBeCloseTo(7, 3);
    expect(begun(host)).toHaveLength(2);
    await expect.poll(() => left(), PATIENT).toBe(0);
    expect(host.lines).toContain(
      `Message has reached MaxDequeueCount of 2. Moving message to queue '${queue('-poison').name}'.`,
    );
  });

  it('never gets a message that hosts died over too often', async ({ expect, onTestFinished }) => {
    const { host: start, send, queue } = await scene(onTestFinished);
    await send({ n: 4 });
    const times = async () => {
      const { receivedMessageItems } = await queue().receiveMessages({ visibilityTimeout: 1 });
      return receivedMessageItems[0]?.dequeueCount;
    };
    await expect.poll(times, PATIENT).toBe(2);
    const host = await start();
    await expect.poll(() => saidBy(host, 'gaveUp'), PATIENT).toMatchObject([{ message: { n: 4 } }]);
    expect(saidBy(host, 'work')).toEqual([]);
  });

  it('runs on a batch, and on the next one when few of it are left: batchSize and newBatchThreshold at once', async ({
    expect,
    onTestFinished,
  }) => {
    const { host: start, send } = await scene(onTestFinished);
    for (let n = 0; n < 12; n += 1) await send({ n, sleepMs: 500 + 500 * n });
    const host = await start();
    await expect.poll(() => finished(host), PATIENT).toHaveLength(12);
    expect(mostAtOnce(host)).toBe(6);
  });

  it('gets each message once, on one of two hosts', async ({ expect, onTestFinished }) => {
    const { host: start, send } = await scene(onTestFinished);
    const pair = [await start(), await start()];
    await Promise.all(Array.from({ length: 12 }, (_, n) => send({ n, sleepMs: 300 })));
    const all = () => pair.flatMap((host) => finished(host));
    await expect.poll(all, PATIENT).toHaveLength(12);
    expect(new Set(all().map((line) => (line['finished'] as { n: number }).n)).size).toBe(12);
  });
});

describe.concurrent('a message that is worked on', { timeout: 60_000 }, () => {
  it('is leased for 600 seconds', async ({ expect, onTestFinished }) => {
    const { host: start, send, queue } = await scene(onTestFinished);
    const host = await start();
    await send({ n: 1 });
    await expect.poll(() => begun(host), PATIENT).toHaveLength(1);
    const asked = storage().queues.requests.filter(
      ({ method, path }) => method === 'GET' && path.endsWith(`/${queue().name}/messages`),
    );
    const leases = asked.map(({ query }) => new URLSearchParams(query).get('visibilitytimeout'));
    expect(new Set(leases)).toEqual(new Set(['600']));
  });

  it('stays invisible longer than its lease, because the lease is renewed half way', async ({
    expect,
    onTestFinished,
  }) => {
    const { host: start, send, left, queue } = await scene(onTestFinished);
    const lease = { HOST_QUEUE_LEASE_SECONDS: '10' };
    const pair = [await start(lease), await start(lease)];
    await send({ sleepMs: 14_000 });
    await expect.poll(() => pair.flatMap(finished), PATIENT).toHaveLength(1);
    await expect.poll(() => left(), PATIENT).toBe(0);
    expect(pair.flatMap(begun)).toHaveLength(1);
    const renewals = storage().queues.requests.filter(
      ({ method, path, query }) =>
        method === 'PUT' && path.includes(`/${queue().name}/`) && query.includes('visibilitytimeout=10'),
    );
    expect(renewals.length).toBeGreaterThanOrEqual(2);
  });

  it('comes back at the end of its lease when its host was killed', async ({ expect, onTestFinished }) => {
    const { host: start, send } = await scene(onTestFinished);
    const first = await start({ HOST_QUEUE_LEASE_SECONDS: '2' });
    await send({ sleepMs: 60_000 });
    await expect.poll(() => begun(first), PATIENT).toHaveLength(1);
    await first.kill();
    const second = await start({ HOST_QUEUE_LEASE_SECONDS: '2' });
    await expect.poll(() => begun(second), PATIENT).toMatchObject([{ triggerMetadata: { dequeueCount: 2 } }]);
  });

  it('is lost to another host while its own is suspended', async ({ expect, onTestFinished }) => {
    const { host: start, send, left } = await scene(onTestFinished);
    const first = await start({ HOST_QUEUE_LEASE_SECONDS: '2' });
    await send({ sleepMs: 1500 });
    await expect.poll(() => begun(first), PATIENT).toHaveLength(1);
    first.suspend();
    const second = await start({ HOST_QUEUE_LEASE_SECONDS: '2' });
    await expect.poll(() => finished(second), PATIENT).toHaveLength(1);
    first.resume();
    await expect.poll(() => finished(first), PATIENT).toHaveLength(1);
    await expect.poll(() => left(), PATIENT).toBe(0);
  });
});

describe('a queue listener', { timeout: 60_000 }, () => {
  it('asks only for messages of its queue, so that a role per queue suffices', async ({
    expect,
    onTestFinished,
  }) => {
    const { host: start, send, left, queue } = await scene(onTestFinished);
    const before = storage().queues.requests.length;
    await start();
    await send({ fail: true });
    await expect.poll(() => left(), PATIENT).toBe(0);
    const paths = storage()
      .queues.requests.slice(before)
      .filter(({ path, headers }) => path.includes(queue().name) && headers['user-agent']?.includes('node'))
      .map(
        ({ path, query }) =>
          `${path
            .split('/')
            .slice(3)
            .join('/')
            .replace(/[0-9a-f-]{36}/, 'ID')}?${query}`,
      )
      .map((path) => path.replace(/\?.*comp=metadata.*/, '?comp=metadata').replace(/\?(?!comp).*/, ''));
    expect(paths.filter((path) => !/^messages(?:\/ID)?$|^\?comp=metadata$/.test(path))).toEqual([]);
  });

  it('makes no queue: of one that is missing it complains at every poll, and works once somebody made it', async ({
    expect,
    onTestFinished,
  }) => {
    const { host: start, queue, send } = await scene(onTestFinished);
    await queue().delete();
    const host = await start();
    const complaints = () => host.lines.filter((line) => line === `Queue ${queue().name}: 404 QueueNotFound`);
    await expect.poll(() => complaints().length, PATIENT).toBeGreaterThan(2);
    expect(await queue().exists()).toBe(false);
    await queue().create();
    await send({ n: 1 });
    await expect.poll(() => finished(host), PATIENT).toHaveLength(1);
  });
});
