import { describe, expect, it } from 'vitest';
import { knownDeliveries } from '../../shared/status/deliveries.ts';
import { knownExpiries } from '../../shared/status/expiry.ts';
import type { TargetStatus } from '../../shared/status/target.ts';
import { dropRows, HOUR_MS, reconcile, rowsOf, rowWrites } from '../support/fleet.ts';
import { createWorld, type World } from '../support/world.ts';

const PASSWORD = 'app-1--pg--password';
const USER = 'app-1--pg--user';
const DAY_S = 24 * 3600;

async function rowOf(world: World): Promise<TargetStatus> {
  const [row] = await rowsOf(world);
  if (row === undefined) throw new Error('no row');
  return row;
}

const deliveriesOf = async (world: World) => knownDeliveries((await rowOf(world)).deliveries);
const expiriesOf = async (world: World) => Object.fromEntries(knownExpiries((await rowOf(world)).expires));
const seconds = (world: World): number => Math.floor(world.ports.clock.now() / 1000);

async function rotate(world: World, name = PASSWORD, options: Record<string, unknown> = {}): Promise<string> {
  const version = world.set(name, `value at ${world.ports.clock.now()}`, options);
  await world.ports.clock.advance(3000);
  await world.event(name, `event-${world.ports.clock.now()}`);
  return version;
}

describe('the deliveries that a row keeps', () => {
  it('tell of each version when it came and how long after it was made, newest first', async () => {
    const world = createWorld();
    const first = await rotate(world);
    await world.ports.clock.advance(HOUR_MS);
    const second = await rotate(world);

    const found = await deliveriesOf(world);
    expect(found.map(({ secret, version }) => [secret, version])).toEqual([
      [PASSWORD, second],
      [PASSWORD, first],
    ]);
    expect(found[0]?.at).toBe((await rowOf(world)).deliveredAt);
    expect(found.map(({ ms }) => Math.floor((ms ?? -1) / 1000))).toEqual([3, 3]);
  });

  it('are the last ten', async () => {
    const world = createWorld();
    const versions: string[] = [];
    for (let count = 0; count < 12; count += 1) versions.unshift(await rotate(world));

    expect((await deliveriesOf(world)).map(({ version }) => version)).toEqual(versions.slice(0, 10));
  });

  it('name every secret of which one write brought a version, by a run, too', async () => {
    const world = createWorld();
    world.set(PASSWORD, 'a');
    world.set(USER, 'b');
    await reconcile(world);

    const secrets = (await deliveriesOf(world)).map(({ secret }) => secret);
    expect(secrets.toSorted()).toEqual([PASSWORD, USER]);
  });

  it('stay as they are when nothing comes: no row is written', async () => {
    const world = createWorld();
    await rotate(world);
    await world.ports.clock.advance(HOUR_MS);
    await reconcile(world);
    const before = await rowOf(world);
    world.ports.status.log.length = 0;
    await world.event(PASSWORD, 'again');
    await reconcile(world);

    expect(rowWrites(world)).toEqual([]);
    expect((await rowOf(world)).deliveries).toBe(before.deliveries);
  });

  it('outlive a Secret that was deleted by hand, and tell that it came again', async () => {
    const world = createWorld();
    const version = await rotate(world);
    world.ports.kubernetes.people('weu-1').remove('app-1', 'pg');
    await reconcile(world);

    expect((await deliveriesOf(world)).map((one) => one.version)).toEqual([version, version]);
  });

  it('outlive the route: an orphan tells when its versions came', async () => {
    const world = createWorld();
    const version = await rotate(world);
    await dropRows(world, 'Route');
    await reconcile(world);

    const row = await rowOf(world);
    expect(row.state).toBe('orphaned');
    expect(knownDeliveries(row.deliveries)).toMatchObject([{ version }]);
  });

  it.each(['', 'no json', '{}', '[{"at":"today"}]'])('are none where a row has %j', (text) => {
    expect(knownDeliveries(text)).toEqual([]);
  });
});

describe('the expiry dates that a row keeps', () => {
  it('are those of the versions that stand there, of the secrets that have one', async () => {
    const world = createWorld();
    const expires = seconds(world) + 90 * DAY_S;
    world.set(USER, 'no date');
    await rotate(world, PASSWORD, { exp: expires });

    expect(await expiriesOf(world)).toEqual({ [PASSWORD]: expires });
  });

  it('follow the vault when a date is changed without a new version', async () => {
    const world = createWorld();
    await rotate(world, PASSWORD, { exp: seconds(world) + 90 * DAY_S });
    await world.ports.clock.advance(HOUR_MS);
    const later = seconds(world) + 365 * DAY_S;
    world.ports.vault.people.update('team', PASSWORD, undefined, { exp: later });
    await reconcile(world);

    expect(await expiriesOf(world)).toEqual({ [PASSWORD]: later });
  });

  it('stay those of the delivered version while a later one waits for its date', async () => {
    const world = createWorld();
    const expires = seconds(world) + 90 * DAY_S;
    await rotate(world, PASSWORD, { exp: expires });
    const notBefore = seconds(world) + 7 * DAY_S;
    await rotate(world, PASSWORD, { nbf: notBefore, exp: expires + 90 * DAY_S });

    expect(await expiriesOf(world)).toEqual({ [PASSWORD]: expires });
  });

  it('stay while the secret is disabled, for its version stands there', async () => {
    const world = createWorld();
    const expires = seconds(world) + 90 * DAY_S;
    await rotate(world, PASSWORD, { exp: expires });
    world.ports.vault.people.disable('team', PASSWORD);
    await reconcile(world);

    expect((await rowOf(world)).state).toBe('degraded');
    expect(await expiriesOf(world)).toEqual({ [PASSWORD]: expires });
  });

  it('go with a version that has none', async () => {
    const world = createWorld();
    await rotate(world, PASSWORD, { exp: seconds(world) + 90 * DAY_S });
    await rotate(world);

    expect((await rowOf(world)).expires).toBe('');
  });

  it('of very many sources are those that come first, in one column', async () => {
    const world = createWorld();
    const from = seconds(world) + 60 * DAY_S;
    const long = 'x'.repeat(100);
    for (let count = 0; count < 300; count += 1)
      world.set(`app-1--pg--${long}${String(count).padStart(3, '0')}`, 'v', { exp: from + 300 - count });
    await reconcile(world);

    const { expires } = await rowOf(world);
    const dates = [...knownExpiries(expires).values()];
    expect(dates).toEqual(Array.from({ length: 200 }, (_, at) => from + 1 + at));
    expect(expires.length).toBeLessThan(30_000);
  });
});
