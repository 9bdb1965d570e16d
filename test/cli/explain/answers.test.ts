import { describe, expect, it } from 'vitest';
import type { Output } from '../../../shared/output/json-schema.ts';
import type { TargetStatus } from '../../../shared/status/target.ts';
import { anyway } from '../../support/anyway.ts';
import { stored, writtenCluster, writtenRoute } from '../../support/documents.ts';
import { createFakeKeyVault } from '../../support/fakes/key-vault.ts';
import { fakeRegistry } from '../../support/fakes/registry.ts';
import { createFakeStatus } from '../../support/fakes/status.ts';
import { aRow, V1 } from '../rows.ts';
import { run } from '../run.ts';

const signal = new AbortController().signal;
const NAME = 'app-1--pg--password';

async function aWorld(...rows: TargetStatus[]) {
  const status = createFakeStatus();
  await status.saveTargets(anyway(rows), signal);
  const registry = fakeRegistry(
    stored(writtenCluster()),
    stored(writtenCluster('neu-1')),
    stored(writtenRoute()),
  );
  return { registry, status, vault: createFakeKeyVault({ vaults: ['team'] }) };
}

const neu = (overrides: Partial<TargetStatus> = {}) => aRow({ cluster: 'neu-1', ...overrides });

async function answer(
  world: Awaited<ReturnType<typeof aWorld>>,
  ...args: string[]
): Promise<Output<'SecretStatus'>> {
  const { out } = await run(['explain', NAME, '-o', 'json', ...args], world);
  return JSON.parse(out) as Output<'SecretStatus'>;
}

describe('what vaultcast explain answers', () => {
  it('says of a deleted secret that it was deleted, though clusters still hold an older version', async () => {
    const world = await aWorld(aRow(), neu());

    const ran = await run(['explain', NAME], world);

    expect(ran.code).toBe(2);
    expect(ran.out).toContain('In the vault: deleted\nIn the clusters: 2 of 2 have it');
    expect(ran.out).toContain('the vault has no secret of this name any more: it was deleted');
  });

  it('says of a name that never existed that no target is known to have had it', async () => {
    const ran = await run(['explain', NAME], await aWorld());

    expect(ran.code).toBe(2);
    expect(ran.out).toContain('In the vault: missing');
    expect(ran.out).toContain('no target is known to have had it');
  });

  it('calls a secret neither deleted nor missing when the vault only does not answer', async () => {
    const world = await aWorld(aRow(), neu());
    world.vault.fail({ times: 9, code: 'VAULT_UNAVAILABLE' });

    expect((await answer(world)).status.vault.state).toBe('unknown');
  });

  it('says how long after the rotation the Secret was written, and which version stands in it', async () => {
    const world = await aWorld(aRow(), neu());
    world.vault.people.set('team', NAME, 'x', { version: V1 });

    const { status } = await answer(world);

    expect(status).toMatchObject({ arrived: true, counts: { synced: 2 }, reasons: [], notSeen: [] });
    expect(status.targets[0]?.status).toMatchObject({
      version: V1,
      isLatest: true,
      deliveredAt: new Date(1_795_000_012_000).toISOString(),
      delaySeconds: 12,
      keys: [{ key: 'password', sources: [NAME] }],
      turn: 'nobody',
    });
  });

  it('says of a rotation that nobody has noticed yet that it is on its way, not that all is well', async () => {
    const world = await aWorld(aRow(), neu());
    world.vault.people.set('team', NAME, 'new');

    const { status } = await answer(world);

    expect(status).toMatchObject({ arrived: false, counts: { pending: 2 } });
    expect(status.targets[0]?.status).toMatchObject({
      message: expect.stringContaining('has not been noticed yet'),
      turn: 'vaultcast',
      help: `vaultcast push team/${NAME}`,
    });
  });

  it('says of a target that waits since when it fails, when it is tried next, and what helps', async () => {
    const waiting = neu({
      state: 'pending',
      code: 'CLUSTER_TIMEOUT',
      message: 'no answer in time',
      failingSince: Date.UTC(2026, 10, 21, 9),
      nextRetry: Date.UTC(2026, 10, 21, 10),
    });

    const { out } = await run(['explain', NAME], await aWorld(aRow(), waiting));

    expect(out).toContain(
      '  neu-1/app-1/pg: no answer in time\n' +
        '    failing since 2026-11-21T09:00:00Z; next try at 2026-11-21T10:00:00Z; turn of: vaultcast\n',
    );
    expect(out).toContain('What helps\n  vaultcast check neu-1\n');
  });

  it('answers for the selected targets only', async () => {
    const world = await aWorld(aRow(), neu());
    world.vault.people.set('team', NAME, 'x', { version: V1 });

    const places = (status: Output<'SecretStatus'>) =>
      status.status.targets.map(({ metadata }) => metadata.cluster);

    expect(places(await answer(world, '--cluster', 'neu-1'))).toEqual(['neu-1']);
    expect(places(await answer(world, '--state', 'refused'))).toEqual([]);
    expect(places(await answer(world, '--route', 'app-1', '--namespace', 'app-1'))).toHaveLength(2);
  });

  it('says what it could not see when the person may read neither vault nor tables', async () => {
    const world = await aWorld(aRow());
    world.vault.people.forbid('team', 'rbac');
    world.status.fail({ times: 9, code: 'STATUS_UNAVAILABLE' });

    const ran = await run(['explain', NAME], world);

    expect(ran.code).toBe(1);
    expect(ran.out).toContain('In the vault: not known (');
    expect(ran.out).toContain('In the clusters: 0 of 2 have it, of 2 it is not known');
    expect(ran.out).toContain('weu-1/app-1/pg: what is recorded of it could not be read');
    expect(ran.out).toMatch(/Not seen\n {2}whether what stands .*\n {2}what was delivered is not known: /);
    expect(ran.out).toMatch(/weu-1 +app-1\/pg +app-1 +unknown/);
  });

  it('does not call a secret that the vault lacks one that never was while it cannot read what was delivered', async () => {
    const world = await aWorld(aRow());
    world.status.fail({ times: 9, code: 'STATUS_UNAVAILABLE' });

    const ran = await run(['explain', NAME], world);

    expect(ran.out).toContain('the vault has no secret of this name; whether it had one is not known');
    expect(ran.out).not.toContain('no target is known');
  });

  it('says without a vault sign-in that nobody can tell whether the latest version stands', async () => {
    const world = await aWorld(aRow(), neu());
    world.vault.people.forbid('team', 'rbac');

    expect((await answer(world)).status.notSeen).toEqual([
      expect.stringMatching(
        /^whether what stands is the latest version, and whether the vault has it still: fake: /,
      ),
    ]);
  });

  it('names no version of a Secret that does not stand there any more', async () => {
    const world = await aWorld(
      aRow({ state: 'refused', code: 'NOT_OURS', stands: 'no', deliveredAt: 0 }),
      neu(),
    );
    world.vault.people.set('team', NAME, 'x', { version: V1 });

    const { status } = await answer(world);
    const [there, gone] = status.targets.map((target) => target.status);

    expect(there).toMatchObject({ version: V1, isLatest: true });
    expect(gone).toMatchObject({ stands: 'no', sources: [{ name: NAME }] });
    expect(gone).not.toHaveProperty('version');
    expect(gone?.sources[0]).not.toHaveProperty('version');
    expect(status.arrived).toBe(false);
  });

  it('calls a target absent, and unseen by nobody, when the vault has no such secret and no row is kept', async () => {
    const { status } = await answer(await aWorld());

    expect(status.counts).toEqual({ absent: 2 });
    expect(status.targets[0]?.status).toMatchObject({ reason: 'SOURCE_MISSING', turn: 'secret-owner' });
  });

  it('asks the vault which of two versions of one second is the latest', async () => {
    const world = await aWorld(aRow(), neu());
    world.vault.people.set('team', NAME, 'first', { created: 1_795_000_000 });
    world.vault.people.set('team', NAME, 'second', { created: 1_795_000_000, version: V1 });

    expect((await answer(world)).status).toMatchObject({ arrived: true, vault: { version: V1 } });
  });

  it('does not guess which of two versions of one second is the latest when it may not read the secret', async () => {
    const world = await aWorld(aRow(), neu());
    world.vault.people.set('team', NAME, 'first', { created: 1_795_000_000 });
    world.vault.people.set('team', NAME, 'second', { created: 1_795_000_000, version: V1 });
    const { vault } = world;
    const read = () => Promise.reject(new Error('refused'));

    const { status } = await answer({ ...world, vault: { ...vault, read } });

    expect(status.vault).toMatchObject({
      state: 'unknown',
      message: expect.stringContaining('within one second'),
    });
    expect(status.targets[0]?.status).not.toHaveProperty('isLatest');
  });
});
