import { beforeEach, describe, expect, it } from 'vitest';
import { allValueReads, forget, reconcile, rowsOf } from '../support/fleet.ts';
import { createWorld, type World } from '../support/world.ts';

const PASSWORD = 'app-1--pg--password';
const SOURCES = 'vaultcast.dev/sources';
const FORGED = Array.from({ length: 8000 }, (_, index) => `app-1--pg--k${index}`);
const entry = (name: string): string => `team/${name}@${'0'.repeat(32)}:1700000000`;

let world: World;

beforeEach(async () => {
  world = createWorld();
  world.set(PASSWORD, 'v1');
  await world.event();
  forget(world);
});

/** Somebody who may edit the namespace's Secrets records sources that were never delivered, with keys or without. */
function forge(names: readonly string[], withKeys: boolean): void {
  world.ports.kubernetes.people('weu-1').edit('app-1', 'pg', (secret) => {
    const { annotations = {} } = secret.metadata;
    const sources = [annotations[SOURCES], ...names.map(entry)].join(',');
    const keys = withKeys ? names.map((name) => [name.slice('app-1--pg--'.length), 'eA==']) : [];
    return {
      ...secret,
      metadata: { ...secret.metadata, annotations: { ...annotations, [SOURCES]: sources } },
      data: { ...secret.data, ...Object.fromEntries(keys) },
    };
  });
}

describe('sources that somebody wrote onto a Secret', () => {
  it('by thousands cost one read and few lines, and are put right', async () => {
    forge(FORGED, false);
    world.set(PASSWORD, 'v2');
    await world.event();
    expect(allValueReads(world)).toHaveLength(1);
    expect(world.ports.log.outcomes.length).toBeLessThan(30);
    expect(world.data()).toEqual({ password: 'v2' });
    const [secret] = world.ports.kubernetes.people('weu-1').secrets();
    expect(secret?.annotations[SOURCES]).toMatch(new RegExp(`^team/${PASSWORD}@\\w+:\\d+$`));
  });

  it('by hundreds with keys cost one read: a listing tells that they are not there, and the keys stay as found', async () => {
    const names = FORGED.slice(0, 900);
    forge(names, true);
    world.set(PASSWORD, 'v2');
    await world.event();
    expect(allValueReads(world)).toHaveLength(1);
    expect(world.ports.log.outcomes.length).toBeLessThan(30);
    expect(world.data()).toMatchObject({ password: 'v2', k0: 'x' });
  });

  it('by thousands with keys are refused by number, without a read', async () => {
    forge(FORGED, true);
    world.set(PASSWORD, 'v2');
    await world.event();
    expect(allValueReads(world)).toEqual([]);
    const message = '8001 sources feed this Secret, and 1000 may: split the route';
    expect(world.ports.log.outcomes).toMatchObject([{ code: 'RENDER_REFUSED', message }]);
    expect(await rowsOf(world)).toMatchObject([{ state: 'refused', message }]);
  });
});

describe('a Secret of 800 secrets', () => {
  const many = FORGED.slice(0, 800);
  const [, rotated = '', deleted = ''] = many;

  beforeEach(async () => {
    for (const name of many) world.set(name, 'a');
    await reconcile(world);
    forget(world);
  });

  it('is written by the event of one of them, and each is read once', async () => {
    world.set(rotated, 'b');
    await world.event(rotated);
    expect(Object.keys(world.data() ?? {})).toHaveLength(801);
    expect(world.data()).toMatchObject({ k0: 'a', k1: 'b' });
    expect(allValueReads(world)).toHaveLength(801);
  });

  it('keeps the key of one that was deleted', async () => {
    world.ports.vault.people.delete('team', deleted);
    world.set(rotated, 'b');
    await world.event(rotated);
    expect(world.data()).toMatchObject({ k1: 'b', k2: 'a' });
  });
});
