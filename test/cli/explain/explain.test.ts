import { describe, expect, it } from 'vitest';
import type { TargetStatus } from '../../../shared/status/target.ts';
import { stored, writtenCluster, writtenRoute } from '../../support/documents.ts';
import { createFakeKeyVault } from '../../support/fakes/key-vault.ts';
import { fakeRegistry } from '../../support/fakes/registry.ts';
import { createFakeStatus } from '../../support/fakes/status.ts';
import { aRow, V1 } from '../rows.ts';
import { anyway } from '../../support/anyway.ts';
import { run } from '../run.ts';

const signal = new AbortController().signal;
const NAME = 'app-1--pg--password';

async function aWorld({
  rows = [aRow()],
  documents = [] as unknown[],
}: { rows?: TargetStatus[]; documents?: unknown[] } = {}) {
  const status = createFakeStatus();
  await status.saveTargets(anyway(rows), signal);
  const written = documents.length > 0 ? documents : [writtenCluster(), writtenRoute()];
  const vault = createFakeKeyVault({ vaults: ['team'] });
  return { registry: fakeRegistry(...written.map(stored)), status, vault };
}

describe('vaultcast explain', () => {
  it('shows where a secret is, which version, since when, and which secrets each key comes from', async () => {
    const world = await aWorld({
      rows: [
        aRow({ sources: `team/app-1--pg--password@${V1}:1795000000,team/app-1--pg--user@${V1}:1795000000` }),
      ],
    });
    world.vault.people.set('team', NAME, 's3cret', { version: V1 });

    const ran = await run(['explain', NAME], world);

    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(ran.out).toMatch(/^Secret team\/app-1--pg--password\nIn the vault: valid, latest version 0123/);
    expect(ran.out).toMatch(
      /weu-1 +app-1\/pg +app-1 +synced +DELIVERED +\d+ \w+ ago +12 s +0123456789abcdef0123456789abcdef \(latest\)/,
    );
    expect(ran.out).toContain('In the clusters: in every target (1 target: 1 synced)');
    expect(ran.out).toContain('app-1/pg: password <- app-1--pg--password');
    expect(ran.out).toContain('app-1/pg: user <- app-1--pg--user');
    expect(ran.out).not.toMatch(/s3cret|What is wrong/);
  });

  it('shows when its last versions came, newest first, and when they expire where the vault may not be asked', async () => {
    const { now } = Date;
    const at = (minutes: number): number => now() - minutes * 60_000;
    const came = (minutes: number) => ({ at: at(minutes), secret: NAME, version: V1, ms: 4000 });
    const deliveries = (...minutes: number[]) =>
      JSON.stringify([...minutes.map(came), { at: at(1), secret: 'app-1--pg--user', version: V1 }]);
    const expires = JSON.stringify({ [NAME]: 1_800_000_000 });
    const world = await aWorld({
      rows: [
        aRow({ deliveries: deliveries(5, 600), expires }),
        aRow({ cluster: 'neu-1', deliveries: deliveries(7, 20, 30, 40, 50, 60, 70, 80, 90, 100) }),
      ],
      documents: [writtenCluster(), writtenCluster('neu-1'), writtenRoute()],
    });
    world.vault.people.forbid('team', 'rbac');

    const { out } = await run(['explain', NAME], world);

    const [, lines = ''] = out.split('Deliveries\n');
    expect(lines.split('\n').slice(0, 2)).toEqual([
      `  5 min ago  weu-1/app-1/pg: version ${V1}, 4 s after it was made`,
      `  7 min ago  neu-1/app-1/pg: version ${V1}, 4 s after it was made`,
    ]);
    expect(lines).toContain('\n  and 2 more: -o json\n');
    expect(lines).not.toContain('1 min ago');
    expect(out).toMatch(/EXPIRES\n.*\n.*2027-01-15\n/);
  });

  it('exits with 2 and says so when the delivered version is not the latest', async () => {
    const world = await aWorld();
    world.vault.people.set('team', NAME, 'new');

    const ran = await run(['explain', NAME], world);

    expect(ran).toMatchObject({ code: 2, out: expect.stringContaining('(not the latest)') });
  });

  it('gives the reason that a run recorded when a target does not have the secret', async () => {
    const message = 'namespace app-1 accepts no secrets (annotation vaultcast.dev/accept is missing)';
    const world = await aWorld({
      rows: [aRow({ state: 'refused', code: 'NOT_ACCEPTED', message, sources: '' })],
    });

    const ran = await run(['explain', NAME], world);

    expect(ran.code).toBe(2);
    expect(ran.out).toContain(`weu-1/app-1/pg: ${message}`);
  });

  it('explains the rest when the person may not read the vault, and says so', async () => {
    const world = await aWorld();
    world.vault.people.forbid('team', 'rbac');

    const ran = await run(['explain', NAME], world);
    const nowhere = await run(['explain', NAME], { registry: world.registry, status: world.status });

    expect(ran).toMatchObject({
      code: 0,
      out: expect.stringContaining('not known (fake: the identity may not read'),
    });
    expect(nowhere).toMatchObject({
      code: 0,
      out: expect.stringContaining('not known (this test has no vault)'),
    });
  });

  it.each([
    [
      'no route',
      'app-9--x',
      [writtenCluster(), writtenRoute()],
      /NO_ROUTE: .* "" \(all secrets\), app-9--, app-9--x/,
    ],
    ['a name nobody can split', 'app-1---pg', [writtenCluster(), writtenRoute()], /BAD_NAME/],
    [
      'an exclusion',
      NAME,
      [writtenCluster(), writtenRoute('app-1', { exclude: ['*--password'] })],
      /route app-1 .*exclude/,
    ],
    [
      'no cluster',
      NAME,
      [writtenRoute()],
      /route app-1 does not deliver it: it selects no registered cluster/,
    ],
    [
      'a paused route',
      NAME,
      [writtenCluster(), writtenRoute('app-1', { paused: true })],
      /route app-1 is paused/,
    ],
    [
      'a paused cluster',
      NAME,
      [writtenCluster('weu-1', { paused: true }), writtenRoute()],
      /cluster weu-1 is paused/,
    ],
    [
      'an explicit route that names others',
      NAME,
      [
        writtenCluster(),
        writtenRoute('app-1', {
          layout: 'explicit',
          name: 'pg',
          data: { user: { secret: 'app-1--pg--user' } },
        }),
      ],
      /its data does not name the secret/,
    ],
    [
      'a segment that is no namespace',
      `${'x'.repeat(70)}--pg--password`,
      [
        writtenCluster(),
        writtenRoute('all', { prefix: '', allSecrets: true, namespaces: { fromSegment: 1 } }),
      ],
      /is not a namespace name/,
    ],
  ])('gives the reason when there is %s', async (_, name, documents, reason) => {
    const ran = await run(['explain', `team/${name}`], await aWorld({ rows: [], documents }));

    expect(ran.code).toBe(2);
    expect(ran.out).toMatch(reason);
  });

  it('exits with 0 when one route leaves the secret out and another one delivers it, and says so', async () => {
    const documents = [
      writtenCluster(),
      writtenRoute(),
      writtenRoute('aside', { prefix: 'app-1--', exclude: ['*'] }),
    ];

    const world = await aWorld({ documents });
    world.vault.people.set('team', NAME, 'x', { version: V1 });

    const ran = await run(['explain', NAME], world);

    expect(ran.code).toBe(0);
    expect(ran.out).toContain('route aside does not deliver it: its match or exclude leaves the name out');
  });

  it('shows both claims when two routes claim a target, and which route owns it', async () => {
    const documents = [
      writtenCluster(),
      writtenRoute(),
      writtenRoute('twin', { prefix: 'app-1--', namespaces: ['app-1'] }),
    ];

    const ran = await run(['explain', NAME], await aWorld({ documents }));

    expect(ran.code).toBe(2);
    expect(ran.out).toMatch(/app-1\/pg +app-1 +synced/);
    expect(ran.out).toMatch(/app-1\/pg +twin +refused +COLLISION/);
    expect(ran.out).toContain('route app-1 owns weu-1/app-1/pg');
  });

  it('advises to delete no Secret of which only a key has lost its route', async () => {
    const data = { user: { secret: 'app-1--pg--user' } };
    const documents = [writtenCluster(), writtenRoute('app-1', { layout: 'explicit', name: 'pg', data })];
    const sources = [NAME, 'app-1--pg--user'].map((name) => `team/${name}@${V1}:1795000000`).join(',');
    const world = await aWorld({ rows: [aRow({ sources })], documents });
    world.vault.people.set('team', NAME, 'x', { version: V1 });

    const ran = await run(['explain', NAME], world);

    expect(ran.code).toBe(2);
    expect(ran.out).toContain('its key leaves with the next write of the Secret');
    expect(ran.out).not.toContain('kubectl delete');
  });

  it('advises to delete a Secret that no route claims any more', async () => {
    const row = aRow({ state: 'orphaned', code: 'ORPHANED' });
    const world = await aWorld({ rows: [row], documents: [writtenCluster()] });
    world.vault.people.set('team', NAME, 'x', { version: V1 });

    const ran = await run(['explain', `team/${NAME}`], world);

    expect(ran.out).toContain('kubectl delete secret pg -n app-1');
  });

  it('shows a Secret that an earlier route left, and work that was given up', async () => {
    const left = aRow({ id: 'elsewhere:pg', route: 'gone', state: 'orphaned', code: 'ORPHANED' });
    const gaveUp = aRow({
      cluster: '-',
      id: `secret:team:${NAME}`,
      state: 'problem',
      code: 'GAVE_UP',
      message: 'refused for 24 hours',
    });

    const world = await aWorld({ rows: [aRow(), left, gaveUp] });
    world.vault.people.set('team', NAME, 'x', { version: V1 });

    const ran = await run(['explain', NAME, '-o', 'json'], world);

    expect(ran.code).toBe(2);
    expect(JSON.parse(ran.out)).toMatchObject({
      kind: 'SecretStatus',
      metadata: { vault: 'team', name: NAME },
      status: {
        arrived: false,
        targets: [
          { metadata: { namespace: 'app-1' }, status: { state: 'synced' } },
          { metadata: { namespace: 'elsewhere' }, status: { state: 'left', version: V1 } },
        ],
        reasons: [{ about: 'secret', message: 'GAVE_UP: refused for 24 hours' }],
      },
    });
  });

  it('exits with 2 and says so when the latest version in the vault has expired', async () => {
    const world = await aWorld();
    world.vault.people.set('team', NAME, 'x', { version: V1, exp: 1 });

    const ran = await run(['explain', NAME], world);

    expect(ran).toMatchObject({
      code: 2,
      out: expect.stringContaining('the latest version in the vault is expired'),
    });
  });

  it('says that a route leaves the secret out when its tags do not match those in the vault', async () => {
    const documents = [writtenCluster(), writtenRoute('app-1', { match: { tags: { env: 'prod' } } })];
    const world = await aWorld({ rows: [], documents });
    world.vault.people.set('team', NAME, 'x', { tags: { env: 'test' } });

    expect((await run(['explain', NAME], world)).out).toContain("its match.tags are not the secret's");
  });
});
