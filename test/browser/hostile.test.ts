import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { NO_CLUSTER, type TargetStatus } from '../../shared/status/target.ts';
import { acknowledged } from '../../shared/status/acknowledgement.ts';
import { aRun } from '../cli/app.ts';
import { startChromium, type Window } from './chromium.ts';
import { aFleet } from './fleet.ts';
import { goTo, openOn, VIEWS } from './opened.ts';

/** Would mark the window, were any of it taken for a page. */
const EVIL = `<img src=x onerror="window.hit=1"><script>window.hit=1</script>"'>{{hit}}javascript:hit`;
const TURNED = 'pay\u202etxt';
const RUN = '20261121T104400Z-3fa9c1aa';
/** As a table may have it for a key. */
const CLUSTER = `x; id; ${EVIL.replaceAll(/[/\\#?]/g, '')}`;

let browser: Browser;
let window: Window;

beforeAll(async () => {
  browser = await startChromium();
});
afterEach(() => window.close());
afterAll(() => browser.close());

/** A fleet in whose tables somebody wrote evil wherever people read. */
async function open(): Promise<void> {
  const fleet = await aFleet({ clusters: 3, targetsPerCluster: 60 });
  const [row] = fleet.rows.get('weu-1') ?? [];
  const [problem] = fleet.rows.get(NO_CLUSTER) ?? [];
  if (row === undefined || problem === undefined) throw new Error('the fleet has no rows');
  const evil = (id: string): TargetStatus => {
    const failed = { state: 'failed', code: 'RENDER_REFUSED', message: EVIL, route: 'app-1' } as const;
    return acknowledged({ ...row, ...failed, id, cause: EVIL }, { by: EVIL, at: Date.now(), reason: EVIL });
  };
  fleet.rows.set('weu-1', [evil(`app-1:${EVIL}`), evil(`${EVIL}:pg`), evil(`app-1:${TURNED}`), row]);
  fleet.rows.set(NO_CLUSTER, [{ ...problem, id: `other:${EVIL}`, message: EVIL, ack: '' }]);
  const lines = [EVIL, TURNED];
  fleet.runs.set('weu-1', [aRun({ run: RUN, by: EVIL, scope: EVIL, counts: { [EVIL]: 1 }, lines })]);
  fleet.registry.write('Cluster', { partitionKey: 'cluster', rowKey: CLUSTER });
  window = await openOn(browser, fleet);
}

it('what somebody wrote into names, messages, notes and runs is text in every view, and none of it runs', async () => {
  await open();
  const { page } = window;
  const told: string[] = [];
  const typed = [
    [`#/secret/team/${encodeURIComponent(EVIL)}`, /./],
    [`#/cluster/${encodeURIComponent(EVIL)}`, /./],
    [`#/cluster/${encodeURIComponent(CLUSTER)}`, /./],
    [`#/run/${encodeURIComponent(EVIL)}`, /./],
    [`#/targets?route=${encodeURIComponent(EVIL)}`, /./],
    [`#/${encodeURIComponent(EVIL)}`, 'Fleet'],
  ] as const;
  // Of what can be no secret the server says so.
  window.pardon(/the server responded with a status of 503/);
  for (const [hash, title] of [...VIEWS, ...typed]) {
    await goTo(window, hash, title);
    const made = await page.locator('main :is(img, script, iframe, object)').count();
    if (made > 0) told.push(`${hash}: ${made} elements`);
    const text = await page.locator('body').innerText();
    if (/\p{Cf}/u.test(text)) told.push(`${hash}: text that turns around`);
    const commands = await page.locator('.command code').allInnerTexts();
    told.push(...commands.filter((line) => !/^[\w ./:"-]+$/.test(line)).map((line) => `${hash}: ${line}`));
  }

  expect(told).toEqual([]);
  await goTo(window, `#/cluster/${encodeURIComponent(CLUSTER)}`, /./);
  await expect.poll(() => page.getByText('vaultcast check CLUSTER').count()).toBe(1);
  expect(await page.evaluate('window.hit')).toBeUndefined();
});

it.each([
  ['#/fleet', 'Fleet'],
  ['#/cluster/weu-1', 'Cluster weu-1'],
  ['#/problems', 'Problems'],
  ['#/runs', 'Runs'],
  [`#/run/${RUN}`, `Run ${RUN}`],
])('what was written is seen in %s as it was', async (hash, title) => {
  await open();
  await goTo(window, hash, title);

  const written = window.page.locator('main').getByText('<img src=x onerror="window.hit=1">');
  await expect.poll(() => written.count()).toBeGreaterThan(0);
});
