import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import '../local/network/dns.mjs';
import { startKeyVault, VAULT_RESOURCE } from '../local/key-vault/vaults.ts';
import { createAuthority } from '../local/network/authority.ts';
import { startTokens } from '../local/tokens/service.ts';
import { median, spread } from './numbers.ts';
import { CLUSTERS, type Measured, NAMESPACES, type Order, secretNames } from './reconcile-fleet.ts';
import { startFleetServer, type FleetServer } from './reconcile-server.ts';

const ROUNDS = 5;
const WARM = 1;
/** A shard of 20 clusters lists the vault once, 25 secrets a page and an empty last one where it cannot know. */
const SHARDS = CLUSTERS / 20;
/** Node lets its heap grow as long as there is memory; how little is enough shows only when there is no more. */
const HEAP = ['--max-old-space-size=96', '--max-semi-space-size=4'];
/** What a Flex Consumption instance of the smallest size should leave for everything else. */
const AIM_MIB = 256;

async function measure(mode: 'vaultcast' | 'bare', order: Order, folder: string): Promise<Measured> {
  const dns = pathToFileURL(join(import.meta.dirname, '../local/network/dns.mjs')).href;
  const args = ['--import', dns, ...HEAP, join(import.meta.dirname, 'reconcile-child.ts'), mode];
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') };
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'], env });
  child.stdin.end(JSON.stringify(order));
  const { milliseconds, peakMiB } = (await json(child.stdout)) as Measured;
  return { milliseconds: milliseconds.slice(WARM), peakMiB };
}

/** 100 clusters x 1,000 Secrets where nothing changed, against a bare loop of the same list requests. */
export async function run(): Promise<void> {
  const authority = await createAuthority();
  const tokens = await startTokens(authority);
  const vault = await startKeyVault({ authority, tokens, vaults: ['team'] });
  const fleet = await startFleetServer(authority);
  const folder = await mkdtemp(join(tmpdir(), 'vaultcast-bench-'));
  try {
    await writeFile(join(folder, 'ca.pem'), authority.caPem);
    for (const name of secretNames()) vault.set('team', name, 'value', { created: 1_790_000_000 });
    const order: Order = {
      vault: vault.url('team'),
      server: fleet.url,
      caPem: authority.caPem,
      vaultToken: await tokens.issue(VAULT_RESOURCE),
      rounds: ROUNDS + WARM,
    };
    const before = await measure('bare', order, folder);
    const pages = pagesOf(vault.server.requests.splice(0), fleet);
    const ours = await measure('vaultcast', order, folder);
    assertSame(pagesOf(vault.server.requests.splice(0), fleet), pages);
    const after = await measure('bare', order, folder);
    print(ours, { ...before, milliseconds: [...before.milliseconds, ...after.milliseconds] }, pages);
  } finally {
    await Promise.all([vault.stop(), tokens.stop(), fleet.stop(), rm(folder, { recursive: true })]);
  }
}

interface Pages {
  vault: number;
  values: number;
  namespaces: number;
  secrets: number;
  others: number;
}

/** Per round; a request that was only challenged for its token is not counted. */
function pagesOf(asked: readonly { path: string; status: number }[], fleet: FleetServer): Pages {
  const answered = asked.filter(({ status }) => status === 200);
  const values = answered.filter(({ path }) => !/^\/secrets\/?$/.test(path)).length;
  const { namespaces, secrets, others } = fleet.counted();
  const perRound = (count: number): number => count / (ROUNDS + WARM);
  return {
    vault: perRound(answered.length - values),
    values,
    namespaces: perRound(namespaces),
    secrets: perRound(secrets),
    others,
  };
}

function assertSame(ours: Pages, bare: Pages): void {
  const wanted = { ...bare, namespaces: CLUSTERS, secrets: CLUSTERS * NAMESPACES, values: 0, others: 0 };
  if (JSON.stringify(ours) !== JSON.stringify(wanted))
    throw new Error(`asked for ${JSON.stringify(ours)}, needed is ${JSON.stringify(wanted)}`);
}

function print(ours: Measured, bare: Measured, pages: Pages): void {
  const times = (median(ours.milliseconds) / median(bare.milliseconds)).toFixed(2);
  const lists = `${pages.vault} pages of the vault in ${SHARDS} shards, ${pages.namespaces} + ${pages.secrets} lists of clusters`;
  console.info(`  ${CLUSTERS} clusters x 1000 Secrets, nothing changed: 0 value reads, 0 writes, ${lists}`);
  console.info(
    `  run: ${spread(ours.milliseconds)}; the same lists alone: ${spread(bare.milliseconds)}; ${times} times`,
  );
  const aim = ours.peakMiB <= AIM_MIB ? 'within' : 'ABOVE';
  console.info(
    `  peak memory: ${ours.peakMiB} MiB (${aim} ${AIM_MIB}); of the lists alone: ${bare.peakMiB} MiB`,
  );
}
