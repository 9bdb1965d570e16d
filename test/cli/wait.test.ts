import { describe, expect, it } from 'vitest';
import type { TargetStatus } from '../../shared/status/target.ts';
import { anyway } from '../support/anyway.ts';
import { stored, writtenCluster, writtenRoute } from '../support/documents.ts';
import { createFakeKeyVault } from '../support/fakes/key-vault.ts';
import { fakeRegistry } from '../support/fakes/registry.ts';
import { createFakeStatus } from '../support/fakes/status.ts';
import { aRow, V1 } from './rows.ts';
import { run } from './run.ts';

const signal = new AbortController().signal;
const NAME = 'app-1--pg--password';
const V2 = 'fedcba9876543210fedcba9876543210';
const having = (version: string, overrides: Partial<TargetStatus> = {}) =>
  aRow({ sources: `team/${NAME}@${version}:1795000000`, ...overrides });

async function aWorld(...rows: TargetStatus[]) {
  const status = createFakeStatus();
  await status.saveTargets(anyway(rows), signal);
  const registry = fakeRegistry(
    stored(writtenCluster()),
    stored(writtenCluster('neu-1')),
    stored(writtenRoute()),
  );
  const clock = { now: 1_794_999_000_000 };
  const vault = createFakeKeyVault({ vaults: ['team'], now: () => clock.now });
  vault.people.set('team', NAME, 'old', { version: V1 });
  clock.now = 1_795_000_000_000;
  vault.people.set('team', NAME, 'new', { version: V2 });
  return { registry, status, vault };
}

const neu = { cluster: 'neu-1' };
const waiting = { state: 'pending', code: 'CLUSTER_TIMEOUT', nextRetry: Date.now() + 60_000 } as const;

describe('vaultcast wait', () => {
  it('exits with 0 when every target has the latest version of the vault', async () => {
    const world = await aWorld(having(V2), having(V2, neu));

    expect(await run(['wait', NAME], world)).toEqual({
      code: 0,
      out: `Version ${V2} is in all of 2 targets.\n`,
      err: '',
    });
  });

  it('waits until the last target has it', async () => {
    const world = await aWorld(having(V2), having(V1, { ...neu, ...waiting }));
    const looks = { count: 0 };
    const status = {
      ...world.status,
      targets: async (cluster: string, asked: AbortSignal) => {
        looks.count += cluster === 'neu-1' ? 1 : 0;
        if (looks.count === 3) await world.status.saveTargets(anyway([having(V2, neu)]), signal);
        return world.status.targets(cluster, asked);
      },
    };

    const ran = await run(['wait', NAME], { ...world, status });

    expect(ran).toMatchObject({ code: 0, err: `1 of 2 targets wait for version ${V2}\n` });
  });

  it('exits with 1 when time is up while vaultcast still tries, and shows what is lacking', async () => {
    const world = await aWorld(having(V2), having(V1, { ...neu, ...waiting, message: 'no answer' }));

    const ran = await run(['wait', NAME, '--timeout', '0s'], world);

    expect(ran).toMatchObject({ code: 1, err: '1 of 2 targets lack it.\n' });
    expect(ran.out).toContain('neu-1/app-1/pg: no answer');
  });

  it('exits with 2 when time is up and what is lacking needs a person', async () => {
    const refused = having(V1, { ...neu, state: 'refused', code: 'NOT_ACCEPTED' });

    expect((await run(['wait', NAME, '--timeout', '0s'], await aWorld(having(V2), refused))).code).toBe(2);
  });

  it('waits only for the targets that are selected', async () => {
    const world = await aWorld(having(V2), having(V1, { ...neu, ...waiting }));

    expect((await run(['wait', NAME, '--cluster', 'weu-1'], world)).code).toBe(0);
    expect((await run(['wait', NAME, '--cluster', 'neu-1', '--timeout', '0s'], world)).code).toBe(1);
  });

  it('takes the version from --version where the person may not read the vault, and asks for it', async () => {
    const world = await aWorld(having(V1), having(V1, neu));
    world.vault.people.forbid('team', 'rbac');

    expect((await run(['wait', NAME, '--version', V1], world)).code).toBe(0);
    expect(await run(['wait', NAME], world)).toMatchObject({
      code: 1,
      err: expect.stringContaining('Give --version'),
    });
  });

  it('takes a newer version than the one that is waited for', async () => {
    const world = await aWorld(having(V2), having(V2, neu));
    const newer = (where: object) => aRow({ sources: `team/${NAME}@${'a'.repeat(32)}:1795000009`, ...where });
    await world.status.saveTargets(anyway([newer({}), newer(neu)]), signal);

    expect((await run(['wait', NAME, '--version', V2], world)).code).toBe(0);
  });

  it('exits with 2 at once when no version can arrive, because there is no secret, it was deleted or no route wants it', async () => {
    const world = await aWorld(having(V2));

    expect(await run(['wait', 'app-1--gone'], world)).toMatchObject({
      code: 2,
      err: expect.stringContaining('no version of secret team/app-1--gone can arrive: it is missing'),
    });
    world.vault.people.delete('team', NAME);
    expect(await run(['wait', NAME], world)).toMatchObject({
      code: 2,
      err: expect.stringContaining(`no version of secret team/${NAME} can arrive: it is deleted`),
    });
    expect(await run(['wait', 'team/app-2--x', '--version', V1], world)).toMatchObject({
      code: 2,
      err: 'Nothing to wait for.\n',
    });
  });

  it('claims no arrival while it cannot see what was delivered', async () => {
    const world = await aWorld(having(V2), having(V2, neu));
    world.status.fail({ code: 'STATUS_UNAVAILABLE' });

    expect(await run(['wait', NAME], world)).toMatchObject({
      code: 1,
      err: expect.stringContaining('what was delivered is not known'),
    });
  });
});
