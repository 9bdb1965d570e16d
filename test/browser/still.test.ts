import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startChromium, type Window } from './chromium.ts';
import { aFleet, type Fleet } from './fleet.ts';
import { goTo, openOn, VIEWS } from './opened.ts';

let browser: Browser;
let window: Window;
let fleet: Fleet;

beforeAll(async () => {
  browser = await startChromium();
});
afterEach(() => window.close());
afterAll(() => browser.close());

async function open(): Promise<void> {
  fleet = await aFleet({ clusters: 3, targetsPerCluster: 60 });
  window = await openOn(browser, fleet);
  await window.page.evaluate(COUNT);
}

/** A field is there a moment before it has the focus. */
async function fieldFocused(): Promise<void> {
  await expect.poll(() => window.page.evaluate('document.activeElement?.tagName')).toBe('INPUT');
}

/** From then on the page counts what it asks for. */
const COUNT = `
  window.asked = {};
  const ask = window.fetch;
  window.fetch = (path, init) => {
    asked[path] = (asked[path] ?? 0) + 1;
    return ask(path, init);
  };
`;

/** Elements of the view that came or went from then on. */
const WATCH = `
  window.moved = [];
  window.watcher?.disconnect();
  window.watcher = new MutationObserver((records) => {
    for (const { addedNodes, removedNodes } of records)
      for (const node of [...addedNodes, ...removedNodes])
        if (node.nodeType === Node.ELEMENT_NODE) moved.push(node.outerHTML.slice(0, 100));
  });
  watcher.observe(document.querySelector('main'), { subtree: true, childList: true });
`;

/** Asks again as who comes back to the window does. A third question is asked once the second answer is shown. */
const LOOK = `(() => {
  document.dispatchEvent(new Event('visibilitychange'));
  const counts = Object.values(asked);
  return counts.length > 0 && counts.every((count) => count >= 3);
})()`;

/** Until everything that is open was read twice more, and shown. */
async function readAgain(): Promise<void> {
  await window.page.evaluate('window.asked = {}');
  await expect.poll(() => window.page.evaluate(LOOK)).toBe(true);
}

/** Something else in the tables, of which the page tells somewhere. */
function change(cluster: string): void {
  const rows = fleet.rows.get(cluster) ?? [];
  const failed = { state: 'failed', code: 'RENDER_REFUSED', message: 'changed meanwhile' } as const;
  fleet.rows.set(
    cluster,
    rows.map((row, at) => (at === rows.length - 1 ? { ...row, ...failed, since: Date.now() } : row)),
  );
}

/** Until the page shows what changed: tables are read every four seconds. */
async function shown(text: string): Promise<void> {
  await expect
    .poll(async () => {
      await window.page.evaluate(LOOK);
      return window.page.locator('main').getByText(text).count();
    })
    .toBeGreaterThan(0);
}

describe('while a view is read again', () => {
  it.each(VIEWS)('no element of %s comes or goes when nothing changed', async (hash, title) => {
    await open();
    await goTo(window, hash, title);
    await readAgain();
    await window.page.evaluate(WATCH);
    await readAgain();

    expect(await window.page.evaluate('moved')).toEqual([]);
  });

  it('a list stays where it was scrolled to, with its focus and what is selected, though it changes', async () => {
    await open();
    const { page } = window;
    await goTo(window, '#/targets', 'Targets');
    await page.getByRole('table', { name: 'Targets' }).waitFor();
    await page.evaluate(`document.querySelector('.rows-box').scrollTop = 2400`);
    await expect
      .poll(() => page.evaluate(`document.querySelectorAll('[aria-rowindex="44"] a').length`))
      .toBe(1);
    await page.evaluate(`(() => {
      const row = document.querySelector('[aria-rowindex="44"]');
      row.querySelector('a').focus({ preventScroll: true });
      getSelection().selectAllChildren(row.querySelector('.two .dim'));
      window.kept = document.activeElement;
    })()`);
    const seen = `({
      scrolled: document.querySelector('.rows-box').scrollTop,
      focused: document.activeElement === kept && kept.isConnected,
      selected: getSelection().toString(),
    })`;
    const before = await page.evaluate(seen);
    change('weu-1');
    await shown('1 failed');

    expect(before).toMatchObject({
      scrolled: 2400,
      focused: true,
      selected: expect.stringMatching(/^from /),
    });
    expect(await page.evaluate(seen)).toEqual(before);
  });

  it('a page stays where it was scrolled to, and who writes a reason writes on', async () => {
    await open();
    const { page } = window;
    await goTo(window, '#/problems', 'Problems');
    const refused = page.getByRole('region', { name: 'The namespace does not accept this secret' });
    await refused
      .getByRole('button', { name: /^Acknowledge sea-1/ })
      .nth(2)
      .press('Enter');
    await fieldFocused();
    await page.keyboard.type('tickt 4711');
    for (let step = 0; step < 6; step += 1) await page.keyboard.press('ArrowLeft');
    const top = `document.querySelector('form input').getBoundingClientRect().top`;
    await page.evaluate('scrollTo(0, 900)');
    const before = await page.evaluate(top);
    change('sea-1');
    await shown('changed meanwhile');
    await page.keyboard.type('e');

    expect(await refused.getByLabel('Why, for those who see it').inputValue()).toBe('ticket 4711');
    // A new cause comes above: what one looks at stays in its place.
    expect(Math.abs(Number(await page.evaluate(top)) - Number(before))).toBeLessThan(2);
  });

  it('an open runbook entry stays open, though a cause comes before it', async () => {
    await open();
    const { page } = window;
    await goTo(window, '#/problems', 'Problems');
    const group = page.getByRole('region', { name: 'No connection to the API server' });
    await group.getByText('What the runbook says of').press('Enter');
    await group.getByRole('term').filter({ hasText: 'Fix' }).waitFor();
    await page.evaluate('window.kept = document.activeElement');
    change('weu-1');
    await shown('changed meanwhile');

    expect(await group.locator('details').getAttribute('open')).not.toBeNull();
    expect(await page.evaluate('document.activeElement === kept')).toBe(true);
  });

  it('is read by itself every few seconds', async () => {
    await open();
    const read = () => window.page.locator('.live').textContent();
    const before = await read();
    await expect.poll(read, { timeout: 40_000 }).not.toBe(before);
  });
});

describe('who goes on and comes back', () => {
  it('finds what was searched for', async () => {
    await open();
    const { page } = window;
    await goTo(window, '#/secrets', 'Secrets');
    await page.getByRole('searchbox').fill('rabbitmq-1');
    await expect.poll(() => page.getByRole('table').getByRole('link').count()).toBe(5);
    await page.getByRole('link', { name: 'app-2--rabbitmq-1--password' }).click();
    await page.getByRole('heading', { level: 1, name: 'team/app-2--rabbitmq-1--password' }).waitFor();
    await page.goBack();

    await expect.poll(() => page.getByRole('searchbox').inputValue()).toBe('rabbitmq-1');
    await expect.poll(() => page.getByRole('table').getByRole('link').count()).toBe(5);
  });

  it('finds which clusters and targets were chosen, and can choose others', async () => {
    await open();
    const { page } = window;
    await page.getByRole('button', { name: '1 out of reach' }).click();
    await page.getByRole('link', { name: 'neu-1' }).click();
    await page.getByRole('button', { name: '20 pending' }).click();
    // Until the answer is there, all targets are listed, and the one that is meant stands elsewhere.
    await expect.poll(() => page.getByRole('table').getAttribute('aria-rowcount')).toBe('21');
    await page.getByRole('link', { name: 'neu-1 / app-1 / oauth' }).click();
    await page.getByRole('heading', { level: 1, name: 'team/app-1--oauth--password' }).waitFor();
    await page.goBack();
    const chosen = page.getByRole('button', { pressed: true });
    await expect.poll(() => chosen.innerText()).toBe('20 pending');
    await page.getByRole('button', { name: '40 synced' }).click();
    await expect.poll(() => chosen.innerText()).toBe('40 synced');
    await page.goBack();

    await page.getByRole('heading', { level: 1, name: 'Fleet' }).waitFor();
    await expect.poll(() => chosen.innerText()).toBe('1 out of reach');
    expect(await page.getByRole('main').getByRole('listitem').count()).toBe(1);
  });

  it('from a reason that is not given after all is back at its button', async () => {
    await open();
    const { page } = window;
    await goTo(window, '#/problems', 'Problems');
    const button = page.getByRole('button', { name: /^Acknowledge/ }).first();
    await button.press('Enter');
    await fieldFocused();
    await page.keyboard.press('Escape');

    await expect
      .poll(() => page.evaluate('document.activeElement.getAttribute("aria-label")'))
      .toBe(await button.getAttribute('aria-label'));
    expect(fleet.sent).toEqual([]);
  });
});
