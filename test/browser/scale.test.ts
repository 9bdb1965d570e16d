import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Window } from './chromium.ts';
import { startChromium } from './chromium.ts';
import { aFleet } from './fleet.ts';
import { goTo, openOn } from './opened.ts';

const CLUSTERS = 1000;
const TARGETS = 100;

let browser: Browser;
let window: Window;

beforeAll(async () => {
  browser = await startChromium();
  window = await openOn(browser, await aFleet({ clusters: CLUSTERS, targetsPerCluster: TARGETS }));
});
afterAll(async () => {
  try {
    await window.close();
  } finally {
    await browser.close();
  }
});

/** What this machine takes to make a thousand elements, in ms: tasks are long or short by that. */
const MEASURE = `(() => {
  const start = performance.now();
  const list = document.createElement('ul');
  for (let at = 0; at < 1000; at += 1) list.append(document.createElement('li'));
  return performance.now() - start;
})()`;

/**
 * Counts what the page does from then on: tasks that took over 100 ms, rows that were put in, elements that were made, and how
 * many there were.
 */
const WATCH = `
  window.seen = { tasks: [], rows: 0, most: 0, steps: 0, mostPerStep: 0, now: 0, made: 0, mostMade: 0 };
  for (const name of ['createElement', 'createElementNS']) {
    const make = document[name].bind(document);
    document[name] = (...how) => {
      seen.made += 1;
      return make(...how);
    };
  }
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) if (duration > 100) seen.tasks.push(Math.round(duration));
  }).observe({ type: 'longtask' });
  new MutationObserver((changes) => {
    const added = changes.flatMap(({ addedNodes }) => [...addedNodes]);
    seen.now += added.filter((one) => one.getAttribute?.('role') === 'row').length;
    seen.most = Math.max(seen.most, document.querySelectorAll('*').length);
  }).observe(document.querySelector('main'), { subtree: true, childList: true });
`;

/** As a wheel does it: a few rows in each frame, all the way, with leaps between. */
const SCROLL = `(async () => {
  const box = document.querySelector('.rows-box');
  const frame = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  for (let step = 0; step < 200; step += 1) {
    seen.now = 0;
    seen.made = 0;
    box.scrollTop += step % 20 === 19 ? box.scrollHeight / 11 : 400;
    await frame();
    seen.rows += seen.now;
    seen.mostPerStep = Math.max(seen.mostPerStep, seen.now);
    seen.mostMade = Math.max(seen.mostMade, seen.made);
  }
  return { ...seen, at: box.scrollTop, all: box.scrollHeight };
})()`;

interface Seen {
  tasks: number[];
  rows: number;
  most: number;
  mostPerStep: number;
  mostMade: number;
  at: number;
  all: number;
}

it('a hundred thousand targets are scrolled through with a screen of rows at a time', async () => {
  const { page } = window;
  await expect.poll(() => page.getByText('clusters are read so far').count(), { timeout: 60_000 }).toBe(0);
  await goTo(window, '#/targets', 'Targets');
  const rows = page.getByRole('table', { name: 'Targets' });
  await rows.waitFor();
  expect(await rows.getAttribute('aria-rowcount')).toBe(String(CLUSTERS * TARGETS + 1));

  const unit = Number(await page.evaluate(MEASURE));
  await page.evaluate(WATCH);
  const seen = (await page.evaluate(SCROLL)) as Seen;

  // What one step costs is bounded by what it renders, on any machine; how long that takes is said, not judged.
  console.info(
    `200 steps: ${seen.rows} rows rendered, at most ${seen.mostPerStep} and ${seen.mostMade} elements in one; ${seen.most} elements at most; tasks over 100 ms: ${seen.tasks.join(', ') || 'none'}, where a thousand elements take ${unit.toFixed(1)} ms`,
  );
  expect(seen.at).toBeGreaterThan(seen.all * 0.8);
  expect(seen.most).toBeLessThan(2000);
  expect(seen.mostPerStep).toBeLessThan(60);
  // Two screens of rows, of a dozen elements each: the work of a step does not grow with the list.
  expect(seen.mostMade).toBeLessThan(60 * 12);
});

it('what was scrolled to is read, and a search among a hundred thousand finds one', async () => {
  const { page } = window;
  await page.locator('.rows-box .skeleton').first().waitFor({ state: 'detached' });
  const last = page.locator('.rows-box .row').last();
  expect(await last.getByRole('link').count()).toBe(1);

  await page.getByRole('searchbox').fill('weu-7/checkout/smtp-1');
  await expect
    .poll(() => page.getByRole('table', { name: 'Targets' }).getByRole('link').allTextContents(), {
      timeout: 20_000,
    })
    .toEqual(['weu-7 / checkout / smtp-1']);
});
