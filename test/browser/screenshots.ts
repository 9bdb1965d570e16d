// `npm run screenshots`: what the dashboard looks like, on a desktop and on a phone, by day and by night. The pictures that
// README.md shows are written where it shows them, all of them into dist/screenshots.
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { startChromium } from './chromium.ts';
import { aFleet, SHOWN_SECRET } from './fleet.ts';
import { goTo, openOn } from './opened.ts';

const root = join(import.meta.dirname, '../..');
const folder = join(root, 'dist/screenshots');

const VIEWS = [
  ['fleet', '#/fleet'],
  ['cluster', '#/cluster/neu-1'],
  ['secrets', '#/secrets'],
  ['secret', `#/secret/team/${SHOWN_SECRET}`],
  ['problems', '#/problems'],
  ['targets', '#/targets?state=refused'],
  ['runs', '#/runs'],
  ['run', '#/run/20261121T104400Z-3fa9c1aa'],
  ['expiry', '#/expiry'],
  ['routes', '#/routes'],
] as const;
const SCREENS = [
  { name: 'desktop', viewport: { width: 1280, height: 800 } },
  { name: 'phone', viewport: { width: 360, height: 740 } },
] as const;
const SCHEMES = ['light', 'dark'] as const;
async function photograph(browser: Browser, clusters: number, views: readonly (readonly [string, string])[]) {
  const fleet = await aFleet({ clusters, targetsPerCluster: clusters > 10 ? 40 : 60 });
  for (const { name: screen, viewport } of SCREENS)
    for (const colorScheme of SCHEMES) {
      const window = await openOn(browser, fleet, { viewport, colorScheme });
      for (const [name, hash] of views) {
        await goTo(window, hash, /./);
        const path = join(folder, `${name}-${clusters}-${screen}-${colorScheme}.png`);
        await window.page.screenshot({ path, animations: 'disabled' });
      }
      await window.close();
    }
}

/** The pictures of README.md: no higher than what there is to see. */
async function illustrate(browser: Browser): Promise<void> {
  const fleet = await aFleet({ clusters: 3, targetsPerCluster: 60 });
  for (const colorScheme of SCHEMES) {
    const window = await openOn(browser, fleet, { viewport: { width: 1280, height: 450 }, colorScheme });
    await goTo(window, '#/fleet', 'Fleet');
    const path = join(root, `shared/cli/dashboard/pictures/fleet-${colorScheme}.png`);
    await window.page.screenshot({ path, animations: 'disabled' });
    await window.close();
  }
}

await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
const browser = await startChromium();
try {
  await photograph(browser, 3, VIEWS);
  const both = VIEWS.filter(([name]) => name === 'fleet' || name === 'secret');
  for (const clusters of [100, 1000]) await photograph(browser, clusters, both);
  await illustrate(browser);
} finally {
  await browser.close();
}
process.stdout.write(`${folder}\n`);
