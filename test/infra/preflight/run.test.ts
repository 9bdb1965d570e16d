import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { azOnPath } from '../../../infra/az/run.ts';
import { parametersIn, substitute } from '../../../infra/preflight/parameters.ts';
import { aCluster, aTopic, aVault, aWorld } from '../az/world.ts';
import { INFRA } from '../bicep/file.ts';
import { clusterId, refusalOf, SUBSCRIPTION, vaultId } from '../deployed.ts';
import { type Bench, openBench } from '../scripts.ts';

const chosen = {
  AZURE_ENV_NAME: 'prod',
  AZURE_LOCATION: 'westeurope',
  AZURE_SUBSCRIPTION_ID: SUBSCRIPTION,
  VAULTCAST_VAULT_ID: vaultId('kv-team'),
  VAULTCAST_CLUSTER_ID: clusterId('weu-1'),
};
const shipped = readFileSync(join(INFRA, 'main.parameters.json'), 'utf8');

let bench: Bench;
beforeEach(() => {
  bench = openBench();
  bench.az(aWorld());
  bench.command(
    'azd',
    `case "$1" in version) echo '{"azd":{"version":"1.32.0"}}';; *) echo "$*" >> "${bench.folder}/azd.log";; esac`,
  );
});
afterEach(() => bench.remove());

describe('main.parameters.json', () => {
  it('is filled in as azd does: variables, defaults, and nothing for what is not set', () => {
    expect(substitute('${A} ${B=b} ${C=}', { A: 'a' })).toBe('a b ');
    expect(substitute('${B=b}', { B: '' })).toBe('b');
  });

  it('is taken by the template, whatever is set of the rest', () => {
    expect(refusalOf(parametersIn(shipped, chosen))).toBeUndefined();
    expect(refusalOf(parametersIn(shipped, { ...chosen, VAULTCAST_CLUSTER_ID: '' }))).toBeUndefined();
    const pipeline = { ...chosen, AZURE_PRINCIPAL_ID: 'p', AZURE_PRINCIPAL_TYPE: 'ServicePrincipal' };
    expect(refusalOf(parametersIn(shipped, pipeline))).toContain('a pipeline deploys');
  });
});

describe('npm run preflight', () => {
  it('lets azd go on when nothing is in the way, and tells it the topics that it found', async () => {
    const topic = aTopic('theirs', vaultId('kv-team'), 'SystemAssigned');
    bench.az(aWorld({ resources: [aVault('kv-team'), aCluster('weu-1'), topic] }));
    const { status, stdout, stderr } = await bench.run('preflight/run.ts', [], chosen);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('nothing in the way');
    expect(readFileSync(join(bench.folder, 'azd.log'), 'utf8')).toBe(
      'env set VAULTCAST_SYSTEM_TOPICS kv-team=rg-vaults/theirs\n',
    );
  });

  it('stops azd when it does not take the topics that were found', async () => {
    const topic = aTopic('theirs', vaultId('kv-team'), 'SystemAssigned');
    bench.az(aWorld({ resources: [aVault('kv-team'), aCluster('weu-1'), topic] }));
    bench.command('azd', `case "$1" in version) echo '{"azd":{"version":"1.32.0"}}';; *) exit 1;; esac`);
    const { status, stderr } = await bench.run('preflight/run.ts', [], chosen);
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: 'azd did not take it: azd env set VAULTCAST_SYSTEM_TOPICS kv-team=rg-vaults/theirs\n',
    });
  });

  it('stops azd with every problem and its command', async () => {
    bench.az(aWorld({ signedIn: false }));
    const { status, stderr } = await bench.run('preflight/run.ts', [], {
      ...chosen,
      AZURE_ENV_NAME: 'my_prod',
    });
    expect(status).toBe(1);
    expect(stderr).toContain('problem: environmentName: my_prod');
    expect(stderr).toContain('problem: The Azure CLI is not signed in any more.\n    az login\n');
    expect(stderr).toContain('2 problems: nothing was deployed.');
    expect(existsSync(join(bench.folder, 'azd.log'))).toBe(false);
  });
});

describe('a file of parameters', () => {
  const given = async (text: string | undefined): Promise<{ status: number; stderr: string }> => {
    const file = join(bench.folder, 'mine.json');
    if (text !== undefined) writeFileSync(file, text);
    const { status, stderr } = await bench.run('preflight/run.ts', ['--parameters', file], chosen);
    expect(stderr).toContain(`${file}: `);
    return { status, stderr };
  };

  it.each([
    ['that is not there', undefined, 'no such file'],
    ['in the language of Bicep', "using 'main.bicep'\nparam location = 'x'\n", 'JSON'],
    ['without parameters', '{}', 'no file of parameters'],
    ['with plain values', '{"parameters": {"location": "westeurope"}}', 'no file of parameters'],
  ])('%s is named, in one line', async (_, text, part) => {
    const { status, stderr } = await given(text);
    expect(status).toBe(1);
    expect(stderr.trim().split('\n')).toEqual([expect.stringContaining(part)]);
  });
});

describe('az on the PATH', () => {
  it('is given up when it takes too long, though the program that it started goes on', async () => {
    const busy = join(bench.folder, 'busy');
    writeFileSync(busy, 'until this file is gone');
    bench.command('az', `(while [ -e '${busy}' ]; do sleep 1; done) & wait`);
    const before = process.env['PATH'];
    process.env['PATH'] = `${bench.folder}:${before ?? ''}`;
    try {
      expect(await azOnPath(2000)(['account', 'show'])).toMatchObject({ ended: 'slow' });
    } finally {
      process.env['PATH'] = before;
    }
  });

  it('is missing where no such program is', async () => {
    const before = process.env['PATH'];
    process.env['PATH'] = bench.folder + '/none';
    try {
      expect(await azOnPath()(['account', 'show'])).toMatchObject({ ended: 'missing' });
    } finally {
      process.env['PATH'] = before;
    }
  });
});
