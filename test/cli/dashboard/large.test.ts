import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { TargetStatus } from '../../../shared/status/target.ts';
import { writtenCluster, writtenRoute } from '../../support/documents.ts';
import { aRow, V1 } from '../rows.ts';
import { aBuiltPage } from './page-folder.ts';
import { visit, type Visit } from './visit.ts';
import { aWorld } from './world.ts';

const NAME = 'app-1--pg--password';
const CLUSTERS = 60;
const name = (at: number): string => `c-${String(at).padStart(2, '0')}`;

let page: Awaited<ReturnType<typeof aBuiltPage>>;
let here: Visit;

beforeAll(async () => {
  page = await aBuiltPage();
});
afterEach(() => here.stop());
afterAll(() => page.remove());

/** A secret that stands in sixty clusters, and is stuck in some of them. */
async function open(states: readonly TargetStatus['state'][], openVault?: () => Promise<never>) {
  const clusters = Array.from({ length: CLUSTERS }, (_, at) => name(at));
  const rows = clusters.map((cluster, at) => {
    const deliveries = JSON.stringify([{ at: 1000 + at, version: V1, secret: NAME, ms: at }]);
    const state = states[at] ?? 'synced';
    return aRow({ cluster, deliveries, state, code: state === 'synced' ? 'DELIVERED' : 'CLUSTER_TIMEOUT' });
  });
  const documents = [...clusters.map((cluster) => writtenCluster(cluster)), writtenRoute()];
  const world = await aWorld({ documents, rows });
  here = await visit({
    connections: { ...world.connections, ...(openVault && { openVault }) },
    assets: page.folder,
    env: { REGISTRY: 'UseDevelopmentStorage=true' },
  });
  // Of so many clusters those that are open are read at once, and the others soon.
  await expect.poll(async () => (await here.view('fleet')).metadata.read, { timeout: 30_000 }).toBe(CLUSTERS);
}

it('of a secret in many clusters those targets are told that are not well, failures first, and all are counted', async () => {
  await open(['pending', 'failed', 'pending']);
  const { status, arrivals } = await here.view(`secret?vault=team&name=${NAME}`);

  expect(status.targets.map(({ metadata }) => metadata.cluster)).toEqual(['c-01', 'c-00', 'c-02']);
  expect(status.counts).toEqual({ failed: 1, pending: 2, synced: CLUSTERS - 3 });
  expect(arrivals).toMatchObject([{ version: V1, total: CLUSTERS, slowestMs: CLUSTERS - 1 }]);
  expect(arrivals[0]?.items).toHaveLength(8);
});

it('targets of one state are listed beside the counts of all of them', async () => {
  await open(['pending', 'failed', 'pending']);
  const { items, metadata } = await here.view('targets?state=pending');

  expect(items.map(({ metadata: { cluster } }) => cluster)).toEqual(['c-00', 'c-02']);
  expect(metadata).toMatchObject({ total: 2, counts: { failed: 1, pending: 2, synced: CLUSTERS - 3 } });
});

it('a cause in many clusters says in how many, and shows the newest of them', async () => {
  await open(Array.from({ length: CLUSTERS }, () => 'pending'));
  const { items, metadata } = await here.view('problems');

  expect(metadata.total).toBe(CLUSTERS);
  expect(items).toMatchObject([
    { reason: 'CLUSTER_TIMEOUT', total: CLUSTERS, clusters: CLUSTERS, named: [] },
  ]);
  expect(items[0]?.items).toHaveLength(20);
});

it('a vault that does not answer keeps nobody from what the tables say', async () => {
  await open([], () => new Promise(() => {}));
  const { status } = await here.view(`secret?vault=team&name=${NAME}`);

  expect(status.vault).toEqual({ state: 'unknown', message: 'it has not answered yet' });
  expect(status.counts).toEqual({ synced: CLUSTERS });
});
