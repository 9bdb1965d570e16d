import { describe, expect, it } from 'vitest';
import { createWorld, type World, type WorldOptions } from '../support/world.ts';

const PASSWORD = 'app-1--pg--password';
const names = (count: number) => Array.from({ length: count }, (_, index) => `weu-${index + 1}`);
const clusters = (count: number) => Object.fromEntries(names(count).map((name) => [name, {}]));

function fleet(count: number, options: WorldOptions = {}): World {
  const world = createWorld({ clusters: clusters(count), ...options });
  world.set(PASSWORD, 's3cret');
  world.set('app-1--pg--user', 'ann');
  return world;
}

async function delivered(count: number): Promise<World> {
  const world = fleet(count);
  await world.event();
  forget(world);
  return world;
}

function forget({ ports }: World): void {
  for (const log of [ports.kubernetes.log, ports.vault.log, ports.log.outcomes]) log.length = 0;
}

const everywhere = (world: World, count: number) =>
  names(count).map((name) => world.data(`${name}/app-1/pg`)?.['password']);
const all = (count: number, value: string) => names(count).map(() => value);

/** Makes calls of some clusters take time. */
function slow(world: World, ms: number, which: (call: string) => boolean): void {
  world.before = async (call) => {
    if (which(call)) await world.ports.clock.sleep(ms);
  };
}

const observing = (pattern: RegExp) => (call: string) =>
  /^kubernetes\.(?:namespace|secret) /.test(call) && pattern.test(call) && !call.endsWith(' done');

describe('one rotation to 50 clusters', () => {
  it('costs three requests per target and one read per source', async () => {
    const world = await delivered(50);
    world.set(PASSWORD, 'rotated');
    await world.event();
    expect(everywhere(world, 50)).toEqual(all(50, 'rotated'));
    expect(world.writes()).toHaveLength(50);
    expect(world.ports.kubernetes.log).toHaveLength(150);
    expect(world.valueReads(PASSWORD)).toBe(1);
    expect(world.valueReads('app-1--pg--user')).toBe(1);
  });

  it('costs one more read to confirm where Secrets are created', async () => {
    const world = fleet(50);
    await world.event();
    expect(everywhere(world, 50)).toEqual(all(50, 's3cret'));
    expect(world.ports.kubernetes.log).toHaveLength(150);
    expect(world.valueReads(PASSWORD)).toBe(2);
    expect(world.ports.vault.log.filter((call) => call.includes('list'))).toHaveLength(1);
  });

  it('costs nothing but observations and a read when it is told twice', async () => {
    const world = await delivered(50);
    await world.event();
    expect(world.writes()).toEqual([]);
    expect(world.ports.kubernetes.log).toHaveLength(100);
    expect(world.valueReads(PASSWORD)).toBe(1);
  });

  it('costs at most three reads when some answer late and some writes meet a conflict', async () => {
    const world = await delivered(50);
    world.set(PASSWORD, 'rotated');
    const edited = new Set<string>();
    world.before = async (call) => {
      if (observing(/ weu-4\d/)(call)) await world.ports.clock.sleep(300);
      const write = /^kubernetes\.replace (weu-\d*[05])\//.exec(call)?.[1];
      if (write === undefined || call.endsWith(' done') || edited.has(write)) return;
      edited.add(write);
      world.ports.kubernetes.people(write).edit('app-1', 'pg', (one) => ({ ...one, data: {} }));
    };
    await world.event();
    expect(edited.size).toBe(10);
    expect(everywhere(world, 50)).toEqual(all(50, 'rotated'));
    expect(world.valueReads(PASSWORD)).toBe(3);
    expect(world.ports.log.codes()).toEqual(Array.from({ length: 50 }, () => 'DELIVERED'));
  });
});

describe('the first wave', () => {
  it('starts when all have answered, without waiting', async () => {
    const world = await delivered(3);
    const started = world.ports.clock.now();
    await world.event();
    expect(world.ports.clock.now()).toBe(started);
  });

  it('waits 200 ms for those that answer a little later', async () => {
    const world = await delivered(3);
    world.set(PASSWORD, 'rotated');
    slow(world, 150, observing(/ weu-3/));
    await world.event();
    expect(everywhere(world, 3)).toEqual(all(3, 'rotated'));
    expect(world.valueReads(PASSWORD)).toBe(1);
  });

  it('does not wait for those that are later: they share a second read', async () => {
    const world = await delivered(3);
    world.set(PASSWORD, 'rotated');
    const writtenAt = new Map<string, number>();
    const started = world.ports.clock.now();
    const late = observing(/ weu-[23]/);
    world.before = async (call) => {
      if (late(call)) await world.ports.clock.sleep(1500);
      if (call.startsWith('kubernetes.replace')) writtenAt.set(call, world.ports.clock.now() - started);
    };
    await world.event();
    expect(everywhere(world, 3)).toEqual(all(3, 'rotated'));
    expect(writtenAt.get('kubernetes.replace weu-1/app-1/pg')).toBeLessThanOrEqual(300);
    expect(world.valueReads(PASSWORD)).toBe(2);
  });

  it('never serves a late target with a read made before its observation', async () => {
    const world = await delivered(2);
    let rotated = false;
    world.before = async (call) => {
      if (observing(/ weu-2/)(call)) await world.ports.clock.sleep(1000);
      if (call !== `vault.read team/${PASSWORD} done` || rotated) return;
      rotated = true;
      world.set(PASSWORD, 'rotated');
    };
    await world.event();
    expect(world.data('weu-2/app-1/pg')).toMatchObject({ password: 'rotated' });
  });

  it('leaves those that do not answer within two seconds to the queue', async () => {
    const world = await delivered(3);
    world.set(PASSWORD, 'rotated');
    slow(world, 60_000, observing(/ weu-3/));
    await world.event();
    expect(everywhere(world, 3)).toEqual(['rotated', 'rotated', 's3cret']);
    expect(world.ports.log.outcomes).toContainEqual(
      expect.objectContaining({
        code: 'CLUSTER_TIMEOUT',
        message: 'the API server did not answer within 2000 ms',
        cluster: 'weu-3',
      }),
    );
    world.before = async () => {};
    await world.drain();
    expect(everywhere(world, 3)).toEqual(all(3, 'rotated'));
  });

  it('does not blame a cluster that was not asked because another one hangs', async () => {
    const routes = Object.fromEntries(Array.from({ length: 4 }, (_, index) => [`n-${index}`, 'app-1--']));
    const world = createWorld({
      clusters: clusters(2),
      namespaces: routes,
      routes: { 'app-1': { namespaces: Object.keys(routes) } },
      places: 2,
    });
    world.set(PASSWORD, 's3cret');
    slow(world, 60_000, observing(/ weu-1/));
    await world.event();
    expect(
      world.ports.log.outcomes.filter(({ cluster }) => cluster === 'weu-2').map(({ code }) => code),
    ).toEqual(['DELIVERED', 'DELIVERED', 'DELIVERED', 'DELIVERED']);
  });
});

describe('a write that meets a conflict', () => {
  async function conflicting(times: number): Promise<World> {
    const world = await delivered(1);
    world.set(PASSWORD, 'rotated');
    let edits = 0;
    world.before = async (call) => {
      if (!call.startsWith('kubernetes.replace') || call.endsWith(' done') || edits >= times) return;
      edits += 1;
      world.ports.kubernetes.people('weu-1').edit('app-1', 'pg', (one) => ({
        ...one,
        metadata: { ...one.metadata, labels: { ...one.metadata.labels, edit: String(edits) } },
      }));
    };
    return world;
  }

  it('starts again from observation and reads, and keeps the edit', async () => {
    const world = await conflicting(1);
    await world.event();
    expect(world.data()).toMatchObject({ password: 'rotated' });
    expect(world.ports.kubernetes.people('weu-1').secret('app-1', 'pg')?.labels).toMatchObject({
      edit: '1',
    });
    expect(world.valueReads(PASSWORD)).toBe(2);
    expect(world.ports.log.codes()).toEqual(['DELIVERED']);
  });

  it('reuses no read', async () => {
    const world = await conflicting(1);
    const before = world.before;
    world.before = async (call) => {
      await before(call);
      if (call === 'kubernetes.replace weu-1/app-1/pg done') return;
      if (call.startsWith('kubernetes.replace') && world.valueReads(PASSWORD) === 1)
        world.set(PASSWORD, 'third');
    };
    await world.event();
    expect(world.data()).toMatchObject({ password: 'third' });
  });

  it('goes to the queue when it meets a second one', async () => {
    const world = await conflicting(2);
    await world.event();
    expect(world.ports.log.codes()).toEqual(['CONFLICT']);
    await world.drain();
    expect(world.data()).toMatchObject({ password: 'rotated' });
  });

  it('because the Secret was deleted meanwhile, creates it again and looks once more', async () => {
    const world = await delivered(1);
    world.set(PASSWORD, 'rotated');
    let deleted = false;
    world.before = async (call) => {
      if (!call.startsWith('kubernetes.replace') || deleted) return;
      deleted = true;
      world.ports.kubernetes.people('weu-1').remove('app-1', 'pg');
    };
    await world.event();
    expect(world.data()).toEqual({ password: 'rotated', user: 'ann' });
    await world.drain();
    expect(world.ports.log.codes()).toEqual(['DELIVERED', 'DELIVERED', 'CONFLICT', 'UNCHANGED']);
  });
});

describe('a Secret that is created', () => {
  it.each([
    ['password', PASSWORD],
    ['user', 'app-1--pg--user'],
  ])('is looked at once more when one of its sources moved meanwhile: %s', async (key, moving) => {
    const world = fleet(1);
    let rotated = false;
    world.before = async (call) => {
      if (call !== 'kubernetes.create weu-1/app-1/pg' || rotated) return;
      rotated = true;
      world.set(moving, 'rotated');
    };
    await world.event();
    expect(world.ports.log.outcomes).toEqual([
      expect.objectContaining({ code: 'DELIVERED', secret: PASSWORD }),
      expect.objectContaining({ code: 'DELIVERED', secret: 'app-1--pg--user' }),
      expect.objectContaining({
        code: 'CONFLICT',
        message: `a newer version of ${moving} appeared while the Secret was created`,
      }),
    ]);
    await world.drain();
    expect(world.data()).toEqual({ password: 's3cret', user: 'ann', [key]: 'rotated' });
  });

  it('is looked at once more when the confirming read fails', async () => {
    const world = fleet(1);
    world.before = async (call) => {
      if (call === 'kubernetes.create weu-1/app-1/pg done')
        world.ports.vault.fail({ code: 'VAULT_THROTTLED', times: 1 });
    };
    await world.event();
    expect(world.ports.log.codes()).toEqual(['DELIVERED', 'DELIVERED', 'VAULT_THROTTLED']);
    await world.drain();
    expect(world.ports.log.codes().at(-1)).toBe('UNCHANGED');
  });

  it('is created by one of two at once, and the other one agrees', async () => {
    const world = fleet(1);
    await Promise.all([world.event(PASSWORD, 'event-1'), world.event('app-1--pg--user', 'event-2')]);
    await world.drain();
    expect(world.data()).toEqual({ password: 's3cret', user: 'ann' });
    expect(world.ports.queue.waiting('push')).toEqual([]);
  });
});

describe('a cluster that hangs while it is written to', () => {
  it('holds up neither the confirmation nor the second try of the others for longer than the budget', async () => {
    const world = await delivered(3);
    world.set(PASSWORD, 'rotated');
    slow(world, 600_000, (call) => call === 'kubernetes.replace weu-3/app-1/pg');
    const started = world.ports.clock.now();
    await world.event();
    expect(world.ports.clock.now() - started).toBeLessThanOrEqual(20_000);
    expect(everywhere(world, 3)).toEqual(['rotated', 'rotated', 's3cret']);
    world.before = async () => {};
    await world.drain();
    expect(everywhere(world, 3)).toEqual(all(3, 'rotated'));
  });
});

describe('targets whose writes met a conflict', () => {
  it('are written again no more at once than others', async () => {
    const world = fleet(8, { places: 2 });
    await world.event();
    world.set(PASSWORD, 'rotated');
    const [seen, under] = [new Set<string>(), new Set<string>()];
    let most = 0;
    world.before = async (call) => {
      const cluster = /^kubernetes\.replace ([^/]+)\//.exec(call)?.[1];
      if (cluster === undefined) return;
      if (call.endsWith(' done')) return void under.delete(cluster);
      if (!seen.has(cluster))
        world.ports.kubernetes.people(cluster).edit('app-1', 'pg', (one) => ({ ...one, data: {} }));
      seen.add(cluster);
      most = Math.max(most, under.add(cluster).size);
      await world.ports.clock.sleep(50);
    };
    await world.event();
    expect(everywhere(world, 8)).toEqual(all(8, 'rotated'));
    expect(most).toBe(2);
  });
});
