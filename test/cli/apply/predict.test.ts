import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stored, writtenCluster, writtenRoute } from '../../support/documents.ts';
import { createFakeKeyVault } from '../../support/fakes/key-vault.ts';
import { fakeRegistry } from '../../support/fakes/registry.ts';
import { createFakeStatus } from '../../support/fakes/status.ts';
import { aFolder } from '../folder.ts';
import type { Folder } from '../folder.ts';
import { aRow, V1 } from '../rows.ts';
import { anyway } from '../../support/anyway.ts';
import { run } from '../run.ts';

const signal = new AbortController().signal;
let folder: Folder;

beforeEach(async () => {
  folder = await aFolder();
});
afterEach(() => folder.remove());

function aVault(...names: string[]) {
  const vault = createFakeKeyVault({ vaults: ['team'] });
  for (const name of names) vault.people.set('team', name, 's3cret');
  return vault;
}

async function withRows(...rows: ReturnType<typeof aRow>[]) {
  const status = createFakeStatus();
  await status.saveTargets(anyway(rows), signal);
  return status;
}

const applying = async (documents: unknown[], ...args: string[]) => [
  'apply',
  '-f',
  await folder.file('r.yaml', documents),
  ...args,
];

describe('the prediction of vaultcast apply', () => {
  it('names the Secrets that appear, from a listing of the vault alone', async () => {
    const world = { registry: fakeRegistry(stored(writtenCluster())), status: await withRows() };
    const vault = aVault('app-1--pg--password', 'app-1--pg--user', 'app-2--x--y');

    const ran = await run(await applying([writtenRoute()], '--dry-run'), { ...world, vault });

    expect(ran).toMatchObject({ code: 2, err: '' });
    expect(ran.out).toContain('Predicted, as far as namespaces accept it:');
    expect(ran.out).toContain('+ weu-1/app-1/pg appears (app-1--pg--password, app-1--pg--user)');
    expect(ran.out).not.toContain('app-2');
    expect(vault.log.filter((call) => !call.startsWith('vault.list'))).toEqual([]);
  });

  it('names the Secrets that change and those that go, and says that the latter are kept', async () => {
    const registry = fakeRegistry(
      stored(writtenCluster()),
      stored(writtenRoute()),
      stored(writtenRoute('app-2')),
    );
    const rows = [aRow(), aRow({ id: 'app-2:mq', route: 'app-2', sources: `team/app-2--mq--url@${V1}:1` })];
    const world = {
      registry,
      status: await withRows(...rows),
      vault: aVault('app-1--pg--password', 'app-2--mq--url'),
    };
    const wanted = [
      writtenRoute('app-1', { keyCase: 'UPPER_SNAKE' }),
      writtenRoute('app-2', { exclude: ['*--url'] }),
    ];

    const ran = await run(await applying(wanted, '--dry-run'), world);

    expect(ran.out).toContain('~ weu-1/app-1/pg changes (app-1--pg--password)');
    expect(ran.out).toContain('- weu-1/app-2/mq goes: kept, no longer updated');
  });

  it('says that nothing changes when no run ever wrote the Secret that would go', async () => {
    const registry = fakeRegistry(stored(writtenCluster()), stored(writtenRoute()));
    const world = { registry, status: await withRows(), vault: aVault('app-1--pg--password') };

    const ran = await run(await applying([writtenRoute('app-1', { exclude: ['*'] })], '--dry-run'), world);

    expect(ran.out).toContain('Predicted: no Secret appears, changes or goes.');
  });

  it.each([
    ['that one of them made, and says that it keeps it', [aRow()], 'app-1 keeps it'],
    ['that none of them made, and says that nobody writes it', [], 'nobody writes it until only one does'],
  ])('names the routes that claim a target %s', async (_what, rows, result) => {
    const registry = fakeRegistry(stored(writtenCluster()), stored(writtenRoute()));
    const world = { registry, status: await withRows(...rows), vault: aVault('app-1--pg--password') };
    const twin = writtenRoute('a-twin', {
      prefix: 'app-1--pg--',
      layout: 'explicit',
      name: 'pg',
      namespaces: ['app-1'],
    });
    const spec = { ...twin.spec, data: { url: { secret: 'app-1--pg--password' } } };

    const ran = await run(await applying([{ ...twin, spec }], '--dry-run'), world);

    expect(ran.code).toBe(1);
    expect(ran.out).toMatch(
      new RegExp(
        `^error +weu-1/app-1/pg is claimed by (app-1 and a-twin|a-twin and app-1): ${result} {2}\\[collision\\]$`,
        'm',
      ),
    );
    expect(ran.out).not.toMatch(/[+~] weu-1/);
  });

  it('says what it could not predict when the person may not list the vault or read the rows', async () => {
    const registry = fakeRegistry(stored(writtenCluster()));
    const vault = aVault();
    vault.people.forbid('team', 'rbac');

    const forbidden = await run(await applying([writtenRoute()], '--dry-run'), { registry, vault });
    const nowhere = await run(await applying([writtenRoute()], '--dry-run'), { registry });

    expect(forbidden.out).toContain('Not predicted of vault team: fake: the identity may not read there');
    expect(forbidden.out).toContain('Not predicted which Secrets exist now: this test has no status tables');
    expect(nowhere.out).toContain('Not predicted: which Secrets appear');
  });
});
