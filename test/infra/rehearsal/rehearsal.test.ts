import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { TableClient } from '@azure/data-tables';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { zipFolder } from '../../../infra/package.ts';
import { stageApp } from '../../../infra/stage.ts';
import type { RunningHost } from '../../local/functions-host/client.ts';
import { clusterYaml } from '../../local/stack/sites.ts';
import { routeYaml, valueIn } from '../../local/stack/tenancy.ts';
import { INFRA } from '../bicep/file.ts';
import { type Rehearsal, rehearse } from './azure.ts';

const staged = mkdtempSync(join(tmpdir(), 'vaultcast-rehearsed-'));
const unzipped = mkdtempSync(join(tmpdir(), 'vaultcast-unzipped-'));
let azure: Rehearsal;
/** Bundles are built and servers started: long on a machine that has much else to do. */
const BUSY_MS = 300_000;
const PATIENCE = { timeout: BUSY_MS, interval: 200 };
const USED = ['table Routes', 'table Clusters', 'table Targets', 'queue push', 'queue reconcile'];

beforeAll(async () => {
  await stageApp(staged);
  for (const [name, bytes] of Object.entries(unzipSync(await zipFolder(staged)))) {
    mkdirSync(dirname(join(unzipped, name)), { recursive: true });
    writeFileSync(join(unzipped, name), bytes);
  }
  azure = await rehearse();
  azure.cluster.createNamespace('app-1', { 'vaultcast.dev/accept': 'app-1--' });
  const route = routeYaml('app-1', { prefix: 'app-1--', namespaces: ['app-1'] });
  await azure.person.apply(`${clusterYaml(azure.site, { env: 'prod' })}---\n${route}`);
}, BUSY_MS);
afterAll(async () => {
  await azure.stop();
  for (const folder of [staged, unzipped]) rmSync(folder, { recursive: true, force: true });
});

/** Names under which the code registers its functions. */
const registered = readdirSync(join(INFRA, '../functions')).flatMap((file) =>
  [
    ...readFileSync(join(INFRA, '../functions', file), 'utf8').matchAll(/app\.\w+\(\s*['`]([\w-]+)(\$\{)?/g),
  ].flatMap(([, name = '', computed]) => (computed === undefined ? [name] : [])),
);

const startedBy = ({ lines }: RunningHost): string[] =>
  (JSON.parse(lines.find((line) => line.startsWith('{"ready"')) ?? '{}') as { functions: string[] })
    .functions;

async function rotate(host: RunningHost, value: string): Promise<number> {
  azure.vault.set('kv-team', 'app-1--pg--password', value);
  const event = azure.vault.eventFor('kv-team', 'app-1--pg--password', {
    schema: 'eventgrid',
    type: 'new-version',
  });
  const { status } = await host.deliver('on-vault-event', [event]);
  return status;
}

/** Rows of a table of the registry, seen from behind the front. */
async function rowsOf(table: string): Promise<unknown[]> {
  const options = { allowInsecureConnection: true };
  const rows: unknown[] = [];
  for await (const row of TableClient.fromConnectionString(azure.registry, table, options).listEntities())
    rows.push(row);
  return rows;
}

describe.each([
  ['the staged folder', staged],
  ['the unpacked ZIP', unzipped],
])('%s, with the settings of the template', (_, app) => {
  it(
    'starts all functions, reaches storage by identity, and delivers within the roles of the template',
    async () => {
      const host = await azure.start(app);
      try {
        expect(registered.length).toBeGreaterThan(5);
        expect(startedBy(host)).toEqual(expect.arrayContaining(registered));
        expect(await rotate(host, `from ${app}`)).toBe(202);
        // At once as a rule; from the queue, when this machine was too busy for the event.
        await expect
          .poll(() => valueIn(azure.cluster, 'app-1', 'pg', 'password'), PATIENCE)
          .toBe(`from ${app}`);
        await expect
          .poll(() => rowsOf('Targets'), PATIENCE)
          .toContainEqual(expect.objectContaining({ rowKey: 'app-1:pg' }));
        const used = (): string[] => azure.storage.allowed.map(({ kind, name }) => `${kind} ${name}`);
        await expect.poll(used, PATIENCE).toEqual(expect.arrayContaining(USED));
        expect(azure.storage.refused).toEqual([]);
      } finally {
        await host.stop();
      }
    },
    BUSY_MS,
  );
});

describe('the rehearsal', () => {
  it.each(['VAULTS', 'REGISTRY__tableServiceUri'])(
    'fails when the template does not set %s',
    async (name) => {
      const host = await azure.start(staged, { [name]: '' });
      try {
        await rotate(host, 'never');
        expect(valueIn(azure.cluster, 'app-1', 'pg', 'password')).not.toBe('never');
        await expect.poll(() => host.lines.join('\n'), PATIENCE).toContain(name);
      } finally {
        await host.stop();
      }
    },
  );

  it(
    'ends when the template does not say where the queues are',
    async () => {
      const host = await azure.start(staged, { AzureWebJobsStorage__queueServiceUri: '' });
      expect(await host.exited).not.toBe(0);
      expect(host.lines.join('\n')).toContain('Invalid URL');
    },
    BUSY_MS,
  );

  it('fails where a role is missing', async () => {
    const { storage } = azure;
    const before = storage.refused.length;
    storage.let(({ name }) => name !== 'Targets' && name !== 'Routes');
    const host = await azure.start(staged);
    try {
      await rotate(host, 'refused');
      expect(storage.refused.slice(before).map(({ name }) => name)).toContain('Routes');
      expect(valueIn(azure.cluster, 'app-1', 'pg', 'password')).not.toBe('refused');
    } finally {
      await host.stop();
    }
  });
});
