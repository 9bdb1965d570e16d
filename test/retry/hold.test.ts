import { describe, expect, it } from 'vitest';
import { holdBack, recordHealth } from '../../shared/retry/hold.ts';
import type { Code } from '../../shared/errors.ts';
import type { BackOff } from '../../shared/retry/back-off.ts';
import { anOutcome, aRef, aTarget } from '../support/builders.ts';
import { createWorld, type World } from '../support/world.ts';

const never = new AbortController().signal;
const on = (cluster: string, name = 'pg') => aTarget({ ref: aRef({ cluster, name }) });
const backOffs = async (world: World) => Object.fromEntries(await world.ports.status.backOffs(never));

describe('work for clusters that keep failing', () => {
  const world = createWorld();
  const { ports } = world;
  const now = ports.clock.now();
  const open = (nextTry: number): BackOff => ({ failures: 5, nextTry });

  async function hold(backOff: BackOff | undefined, ...targets: ReturnType<typeof on>[]) {
    await ports.status.saveBackOff('sick', backOff, never);
    return holdBack(ports, targets, await ports.status.backOffs(never), false, never);
  }

  it('is free where nothing is known of the cluster', async () => {
    expect(await hold(undefined, on('sick'), on('well'))).toMatchObject({ free: [{}, {}], held: [] });
  });

  it('is free after few failures', async () => {
    const { free } = await hold({ failures: 2, nextTry: now + 9999 }, on('sick'), on('sick', 'mq'));
    expect(free).toHaveLength(2);
  });

  it('waits for the probe, and the work of other clusters does not', async () => {
    const { free, held } = await hold(open(now + 60_000), on('sick'), on('well'));
    expect(free.map(({ ref }) => ref.cluster)).toEqual(['well']);
    const [outcome] = held;
    expect(held).toHaveLength(1);
    expect(outcome).toMatchObject({
      kind: 'held',
      code: 'CLUSTER_BACKOFF',
      message: 'cluster sick keeps failing; this target waits for its next try',
    });
    expect(outcome?.kind === 'held' && outcome.retryAfterMs).toBeGreaterThan(60_000);
  });

  it('is probed with one target once the probe is due', async () => {
    const { free, held } = await hold(open(now), on('sick'), on('sick', 'mq'), on('sick', 'web'));
    expect(free).toHaveLength(1);
    expect(held).toHaveLength(2);
  });

  it('is probed although the table takes no claim, as a line says, for it would wait as long as that fails', async () => {
    const stop = ports.status.fail({
      code: 'STATUS_UNAVAILABLE',
      when: (call) => call.startsWith('status.claimTry'),
    });
    const { free, held } = await hold(open(now), on('sick'));
    stop();
    expect([free, held]).toMatchObject([[{ ref: { cluster: 'sick' } }], []]);
    expect(ports.log.codes()).toEqual(['STATUS_UNAVAILABLE']);
  });

  it('is probed by one instance only', async () => {
    await ports.status.saveBackOff('sick', open(now), never);
    const seen = await ports.status.backOffs(never);
    const both = await Promise.all([1, 2].map(() => holdBack(ports, [on('sick')], seen, false, never)));
    expect(both.flatMap(({ free }) => free)).toHaveLength(1);
  });
});

describe('the health of clusters after a delivery', () => {
  async function after(codes: Record<string, Code[]>, known = new Map<string, BackOff>()) {
    const world = createWorld();
    for (const [cluster, backOff] of known) await world.ports.status.saveBackOff(cluster, backOff, never);
    const outcomes = Object.entries(codes).flatMap(([cluster, all]) =>
      all.map((code) => anOutcome({ target: on(cluster), code })),
    );
    await recordHealth(world.ports, outcomes, known, never);
    return backOffs(world);
  }

  it('counts a failure of every cluster that only failed', async () => {
    const found = await after({
      'weu-1': ['CLUSTER_TIMEOUT', 'CLUSTER_UNREACHABLE'],
      'weu-2': ['DELIVERED'],
    });
    expect(found).toEqual({ 'weu-1': expect.objectContaining({ failures: 1 }) as BackOff });
  });

  it.each<[string, Code[]]>([
    ['one target was delivered', ['CLUSTER_TIMEOUT', 'DELIVERED']],
    ['it answered with a refusal', ['CLUSTER_FORBIDDEN']],
    ['it answered that the namespace is missing', ['NAMESPACE_MISSING']],
  ])('forgets the failures of a cluster when %s', async (_why, codes) => {
    expect(await after({ 'weu-1': codes }, new Map([['weu-1', { failures: 7, nextTry: 1 }]]))).toEqual({});
  });

  it('blames the cluster for a failure of a look, and not for one of a write after good answers', async () => {
    const failing = anOutcome({ target: on('weu-1'), code: 'CLUSTER_FAILED' });
    const sources = { at: 'sources', secret: undefined, sources: new Map(), refused: [], stale: [] } as const;
    for (const [outcome, blamed] of [
      [failing, ['weu-1']],
      [{ ...failing, look: sources }, []],
    ] as const) {
      const world = createWorld();
      await recordHealth(world.ports, [outcome], new Map(), never);
      expect(Object.keys(await backOffs(world))).toEqual(blamed);
    }
  });

  it.each<Code>([
    'OUT_OF_TIME',
    'CLUSTER_BACKOFF',
    'TOKEN_UNAVAILABLE',
    'CLUSTER_CREDENTIAL',
    'CLUSTER_NOT_ALLOWED',
  ])('learns nothing of a cluster from %s', async (code) => {
    const known = new Map([['weu-1', { failures: 7, nextTry: 1 }]]);
    expect(await after({ 'weu-1': [code] }, known)).toEqual(Object.fromEntries(known));
    expect(await after({ 'weu-1': [code] })).toEqual({});
  });
});

describe('a cluster that is down for an hour', () => {
  it('is asked a few times, costs others nothing, and gets everything when it is back', async () => {
    const routes = { 'app-1': { namespaces: Array.from({ length: 10 }, (_, index) => `n-${index}`) } };
    const namespaces = Object.fromEntries(routes['app-1'].namespaces.map((name) => [name, 'app-1--']));
    const world = createWorld({ clusters: { down: {}, up: {} }, routes, namespaces });
    world.set('app-1--pg--password', 's3cret');
    const back = world.ports.kubernetes.fail({
      code: 'CLUSTER_UNREACHABLE',
      when: (call) => call.includes(' down/'),
    });
    for (let event = 0; event < 4; event += 1) await world.event('app-1--pg--password', `event-${event}`);
    await world.drain(3_600_000);
    const asked = world.ports.kubernetes.log.filter((call) => call.startsWith('kubernetes.secret down/'));
    expect(asked.length).toBeLessThan(100);
    back();
    await world.drain(1_800_000);
    for (const name of routes['app-1'].namespaces)
      for (const cluster of ['up', 'down'])
        expect(world.data(`${cluster}/${name}/pg`)).toEqual({ password: 's3cret' });
    expect(await backOffs(world)).toEqual({});
    expect(world.ports.log.codes()).not.toContain('GAVE_UP');
    expect(world.ports.queue.waiting('push')).toEqual([]);
  });
});
