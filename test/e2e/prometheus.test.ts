import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';

import { METRICS } from '../../shared/output/metrics.ts';
import { eventually } from '../local/stack/eventually.ts';
import { startStack, type Stack } from '../local/stack/start.ts';
import { applyTenancy } from '../local/stack/tenancy.ts';
import { freePort } from './control-plane/ports.ts';
import { type Running, start } from './control-plane/processes.ts';

/** Of Debian's package, which .ci/run installs. */
const [PROMETHEUS, PROMTOOL] = ['prometheus', 'promtool'];
const WAIT_MS = 60_000;

interface Metric {
  metric: Record<string, string>;
  value: [number, string];
}

let stack: Stack;
let folder: string;
let prometheus: Running | undefined;
let url: string;

/** The examples of the documentation: how it is scraped, and alerts. */
async function examples(): Promise<[scrape: string, alerts: string]> {
  const document = await readFile(join(import.meta.dirname, '../../infra/metrics.md'), 'utf8');
  const [scrape, alerts] = [...document.matchAll(/```yaml\n(.*?)```/gs)].map(([, block = '']) => block);
  if (scrape === undefined || alerts === undefined) throw new Error('infra/metrics.md has lost an example');
  return [scrape, alerts];
}

/** The documented job, with the address and the key of this deployment, and a hurry. */
async function configOf(host: string): Promise<string> {
  const [scrape] = await examples();
  const { scrape_configs: jobs } = parse(
    scrape.replace('YOUR-APP.azurewebsites.net', host).replace('KEY', stack.functionsKey),
  ) as { scrape_configs: object[] };
  const hurry = { scheme: 'http', scrape_interval: '1s', scrape_timeout: '1s' };
  return stringify({ scrape_configs: jobs.map((job) => ({ ...job, ...hurry })) });
}

beforeAll(async () => {
  stack = await startStack({ clusters: ['weu-1', 'neu-1'] });
  await applyTenancy(stack);
  await stack.rotate('app-1--pg--password', 'a value');
  await stack.cluster('neu-1').server.down();
  await stack.rotate('app-1--pg--password', 'another value, which waits for neu-1');
  await stack.hosts[0]?.run('reconcile-timer');
  folder = await mkdtemp(join(tmpdir(), 'prometheus-'));
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  await writeFile(join(folder, 'prometheus.yml'), await configOf(`127.0.0.1:${stack.hosts[0]?.port}`));
  prometheus = await start({
    name: 'prometheus',
    command: PROMETHEUS,
    args: [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    folder,
    ready: async () => (await fetch(`${url}/-/ready`)).ok,
  });
});
afterAll(async () => {
  await prometheus?.kill();
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
});

async function ask<T>(path: string, params: Record<string, string> = {}): Promise<T> {
  const answer = await fetch(`${url}/api/v1/${path}?${new URLSearchParams(params).toString()}`);
  return ((await answer.json()) as { data: T }).data;
}

/** What a query gives, once it gives something. */
const query = (expression: string): Promise<Metric[]> =>
  eventually(async () => {
    const { result } = await ask<{ result: Metric[] }>('query', { query: expression });
    return result.length === 0 ? undefined : result;
  }, WAIT_MS);

const numberOf = async (expression: string): Promise<number> =>
  Number((await query(expression))[0]?.value[1]);

const get = (headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${stack.hosts[0]?.url}/api/metrics`, { headers });
const withKey = (): Promise<Response> => get({ 'x-functions-key': stack.functionsKey });

async function promtool(args: string[], input: string): Promise<{ code: number | null; out: string }> {
  const child = spawn(PROMTOOL, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(input);
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const code = child.exitCode ?? (await new Promise<number | null>((resolve) => child.once('exit', resolve)));
  return { code, out: out + err };
}

describe('the metrics of a running app', { timeout: WAIT_MS }, () => {
  it('are nobody’s without a key', async () => {
    expect((await get()).status).toBe(401);
    expect((await get({ 'x-functions-key': 'guessed' })).status).toBe(401);
  });

  it('are what Prometheus calls metrics without a fault', async () => {
    const answer = await withKey();
    expect(answer.headers.get('content-type')).toBe(
      'application/openmetrics-text; version=1.0.0; charset=utf-8',
    );
    expect(await promtool(['check', 'metrics'], await answer.text())).toEqual({ code: 0, out: '' });
  });

  it('are scraped with the job that the documentation shows', async () => {
    expect(await numberOf('up{job="vaultcast"}')).toBe(1);
    expect(await query('vaultcast_build_info')).toMatchObject([
      { metric: { version: expect.stringMatching(/^\d+\.\d+\.\d+/) } },
    ]);
  });

  it('say how many targets are in which state', async () => {
    expect(await numberOf('vaultcast_targets{cluster="weu-1", state="synced"}')).toBeGreaterThan(0);
  });

  it('tell the cluster that no run could look at from the one that was looked at', async () => {
    const looked = await query('vaultcast_last_complete_run_timestamp_seconds');
    expect(looked.map(({ metric }) => metric['cluster'])).toEqual(['weu-1']);
    expect(await numberOf('vaultcast_cluster_consecutive_failures{cluster="neu-1"} > 0')).toBeGreaterThan(0);
    expect(await numberOf('vaultcast_problems{about="cluster", cluster="neu-1"}')).toBe(1);
  });

  it('tell what waits in the queue', async () => {
    expect(await numberOf('vaultcast_queue_messages{queue="push"} > 0')).toBeGreaterThan(0);
  });

  it('are known to Prometheus with type, unit and help, as only OpenMetrics tells them', async () => {
    const found = await eventually(async () => {
      const metadata =
        await ask<{ metric: string; type: string; help: string; unit: string }[]>('targets/metadata');
      return metadata.length === 0 ? undefined : metadata.filter(({ metric }) => metric in METRICS);
    }, WAIT_MS);
    const documented = new Map(Object.entries(METRICS));
    for (const { metric, type, help, unit } of found) {
      const { help: own, ...rest } = documented.get(metric) ?? { help: '' };
      expect({ metric, type, help, unit }).toEqual({
        metric,
        type: 'gauge',
        help: own,
        unit: 'unit' in rest ? rest.unit : '',
      });
    }
    expect(found.length).toBeGreaterThan(7);
  });
});

it('the alerts that the documentation shows are rules that Prometheus takes', async () => {
  const [, alerts] = await examples();
  const file = join(folder, 'alerts.yml');
  await writeFile(file, alerts);
  const { code, out } = await promtool(['check', 'rules', file], '');
  expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining('6 rules found') });
});
