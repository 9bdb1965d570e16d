import { describe, expect, it } from 'vitest';
import { stored, writtenCluster } from '../support/documents.ts';
import { fakeRegistry } from '../support/fakes/registry.ts';
import { appDoing } from './app.ts';
import { run } from './run.ts';

const aRegistry = () =>
  fakeRegistry(stored(writtenCluster()), stored(writtenCluster('old', { paused: true })));
const saying = (...lines: string[]) =>
  appDoing(() => ({
    kind: 'check',
    state: lines.some((line) => line.startsWith('FAIL')) ? 'failed' : 'done',
    counts: { OK: 1, WARN: 0, FAIL: 0 },
    lines,
  }));

describe('vaultcast check', () => {
  it('asks the app to check a cluster, and shows every line of the result', async () => {
    const app = saying('OK name: it resolves', 'OK tls: the certificate is the registered one');

    const ran = await run(['check', 'weu-1'], { registry: aRegistry(), ...app });

    expect(ran.code).toBe(0);
    expect(ran.out).toBe(
      'weu-1:\n  OK    name: it resolves\n  OK    tls: the certificate is the registered one\n',
    );
    expect(app.sent).toEqual([{ kind: 'check', run: expect.any(String), clusters: ['weu-1'] }]);
  });

  it('exits with 1 when a check failed, and with 2 when a check only warns', async () => {
    const wrong = saying('OK name: it resolves', 'FAIL token: refused -> az ad app create');
    const warning = saying('WARN rights: it may read ConfigMaps -> remove the binding');

    const failed = await run(['check', 'weu-1'], { registry: aRegistry(), ...wrong });

    expect(failed).toMatchObject({ code: 1, out: expect.stringContaining('fix: az ad app create') });
    expect((await run(['check', 'weu-1'], { registry: aRegistry(), ...warning })).code).toBe(2);
  });

  it('prints each fix once, below the last finding that it fixes', async () => {
    const delete2 = 'delete the binding';
    const app = saying(
      `WARN excess: may create pods -> ${delete2}`,
      `WARN excess: may patch pods -> ${delete2}`,
      'WARN accept: nobody accepts -> annotate',
      `WARN excess: may bind roles -> ${delete2}`,
    );

    const { out } = await run(['check', 'weu-1'], { registry: aRegistry(), ...app });

    expect(out.split('\n')).toEqual([
      'weu-1:',
      '  WARN  excess: may create pods',
      '  WARN  excess: may patch pods',
      `        fix: ${delete2}`,
      '  WARN  accept: nobody accepts',
      '        fix: annotate',
      '  WARN  excess: may bind roles',
      '',
    ]);
  });

  it('checks paused clusters and those with an invalid row, too, with --all', async () => {
    const app = saying();
    const registry = aRegistry();
    registry.write('Cluster', { partitionKey: 'cluster', rowKey: 'broken', document: 'x' });

    await run(['check', '--all'], { registry, ...app });

    expect(app.sent).toMatchObject([{ clusters: ['old', 'weu-1', 'broken'] }]);
  });

  it.each([[[]], [['weu-1', '--all']]])(
    'refuses the arguments %j, which are not either names or --all',
    async (args) => {
      expect((await run(['check', ...args], { registry: aRegistry() })).code).toBe(64);
    },
  );
});
