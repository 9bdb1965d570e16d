import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import axe from 'axe-core';
import type { AxeResults } from 'axe-core';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Window } from './chromium.ts';
import { startChromium } from './chromium.ts';
import { aFleet } from './fleet.ts';
import { goTo, openOn, VIEWS } from './opened.ts';

let browser: Browser;
let window: Window;

beforeAll(async () => {
  browser = await startChromium();
});
afterEach(() => window.close());
afterAll(() => browser.close());

const open = async (...[clusters = 3, options = {}]: [number?, Parameters<typeof openOn>[2]?]) => {
  const fleet = await aFleet({ clusters, targetsPerCluster: 60 });
  window = await openOn(browser, fleet, options);
  return fleet;
};

/** What axe finds, as sentences; in the page's own document, past its policy, as the browser's tools do. */
async function findings(only?: readonly string[]): Promise<string[]> {
  await window.page.evaluate(axe.source);
  const rules = only === undefined ? {} : { runOnly: { type: 'rule', values: only } };
  const results = (await window.page.evaluate(`axe.run(${JSON.stringify(rules)})`)) as AxeResults;
  return results.violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target }) => `${id} (${help}): ${target.join(' ')}`),
  );
}

const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 360, height: 740 };

describe('axe finds nothing wrong', () => {
  it.each([
    ['on a desktop by day', { viewport: DESKTOP, colorScheme: 'light' }],
    ['on a desktop by night', { viewport: DESKTOP, colorScheme: 'dark' }],
    ['on a phone of 360 pixels, which no view is wider than', { viewport: PHONE, colorScheme: 'light' }],
  ] as const)('with any view %s', async (_, options) => {
    await open(3, options);
    const found: string[] = [];
    // By night there are other colours, and nothing else.
    const only = options.colorScheme === 'dark' ? ['color-contrast', 'link-in-text-block'] : undefined;
    for (const [hash, title] of VIEWS) {
      await goTo(window, hash, title);
      found.push(...(await findings(only)).map((finding) => `${hash}: ${finding}`));
      const width = await window.page.evaluate('document.documentElement.scrollWidth');
      if (width !== options.viewport.width) found.push(`${hash}: ${String(width)} pixels wide`);
    }

    expect(found).toEqual([]);
  });

  it.each([
    [100, PHONE],
    [1000, DESKTOP],
  ])('with a fleet of %i clusters, which is under 2,000 elements', async (clusters, viewport) => {
    await open(clusters, { viewport });
    const all = window.page.getByRole('link', { name: /^\w{3}-\d+ ?,/ });
    await expect.poll(() => all.count(), { timeout: 20_000 }).toBeGreaterThanOrEqual(clusters);

    expect(await findings()).toEqual([]);
    expect(await window.page.evaluate('document.querySelectorAll("*").length')).toBeLessThan(2000);
  });
});

describe('with the keyboard alone', () => {
  /** Of an element in the page, as far as these tests look at it. */
  interface Focusable {
    ownerDocument: { activeElement: unknown };
  }
  const isFocused = (one: Focusable): boolean => one === one.ownerDocument.activeElement;
  const focused = () => window.page.evaluate('document.activeElement.textContent.trim()');

  it('every view is reached, and says where one is', async () => {
    await open();
    const { page } = window;
    for (const title of ['Secrets', 'Problems', 'Runs', 'Expiry', 'Routes', 'Fleet']) {
      const link = page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: title });
      await page.getByRole('link', { name: 'vaultcast' }).focus();
      for (let step = 0; step < 12 && !(await link.evaluate(isFocused)); step += 1)
        await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { level: 1, name: title }).waitFor();

      await expect.poll(focused).toBe(title);
      await expect.poll(() => page.title()).toBe(`${title} · vaultcast`);
      await expect.poll(() => link.getAttribute('aria-current')).toBe('page');
    }
  });

  it('a jump past the navigation leads to the content', async () => {
    await open();
    await window.page.keyboard.press('Tab');
    await expect.poll(focused).toBe('Skip to the content');
    await window.page.keyboard.press('Enter');
    await expect.poll(() => window.page.evaluate('document.activeElement.id')).toBe('main');
    expect(window.page.url()).not.toContain('#main');
  });

  it('a cluster among a thousand is found by arrows', async () => {
    await open(1000);
    const cells = window.page.getByRole('navigation', { name: 'All clusters' }).getByRole('link');
    await cells.first().focus();
    for (const key of ['ArrowRight', 'ArrowDown', 'ArrowLeft', 'ArrowUp', 'ArrowRight'])
      await window.page.keyboard.press(key);
    const name = await window.page.evaluate('document.activeElement.getAttribute("aria-label")');
    await window.page.keyboard.press('Enter');

    expect(name).toBe('sea-1, needs a person');
    await window.page.getByRole('heading', { level: 1, name: 'Cluster sea-1' }).waitFor();
  });

  it('a list is scrolled, and a target of it opened', async () => {
    await open();
    await goTo(window, '#/targets', 'Targets');
    const rows = window.page.getByRole('rowgroup', { name: 'Targets, rows' });
    await rows.focus();
    await window.page.keyboard.press('End');
    await expect
      .poll(() => rows.evaluate(({ scrollTop }: { scrollTop: number }) => scrollTop))
      .toBeGreaterThan(1000);
    await window.page.keyboard.press('Home');
    await window.page.getByRole('link', { name: 'neu-1 / app-1 / grafana' }).press('Enter');

    await window.page.getByRole('heading', { level: 1, name: 'team/app-1--grafana--password' }).waitFor();
  });

  it('a problem is read, its command copied, its runbook entry opened, and acknowledged', async () => {
    const fleet = await open(3, { permissions: ['clipboard-read', 'clipboard-write'] });
    await goTo(window, '#/problems', 'Problems');
    const refused = window.page.getByRole('region', { name: 'The namespace does not accept this secret' });
    await refused.getByRole('button', { name: /^Copy: vaultcast namespace app-3/ }).press('Enter');
    await refused.getByText('What the runbook says of NOT_ACCEPTED').press('Enter');
    await refused.getByText('the owner of the namespace adds the prefix', { exact: false }).first().waitFor();
    await refused
      .getByRole('button', { name: /^Acknowledge sea-1/ })
      .first()
      .press('Enter');
    await refused.getByLabel('Why, for those who see it').fill('ticket 4711');
    await window.page.keyboard.press('Enter');
    await refused.getByText('The app was told').waitFor();

    expect(await window.page.evaluate('navigator.clipboard.readText()')).toBe(
      'vaultcast namespace app-3 --accept PREFIX--',
    );
    expect(fleet.sent).toMatchObject([
      { kind: 'ack', cluster: 'sea-1', code: 'NOT_ACCEPTED', reason: 'ticket 4711' },
    ]);
  });

  it('what expires on a day is chosen in the calendar', async () => {
    await open();
    await goTo(window, '#/expiry', 'Expiry');
    const day = window.page.getByRole('button', { name: /1 secret on / }).first();
    await day.press('Enter');
    await expect.poll(() => day.getAttribute('aria-pressed')).toBe('true');

    expect(await window.page.getByRole('heading', { level: 2, name: /^1 secret on / }).count()).toBe(1);
  });
});

describe('what is shown', () => {
  it('is searched as one types', async () => {
    await open();
    await goTo(window, '#/secrets', 'Secrets');
    await window.page.getByRole('searchbox').pressSequentially('rabbitmq-1');
    const names = window.page.getByRole('table', { name: 'Secrets' }).getByRole('link');

    await expect
      .poll(() => names.allTextContents())
      .toEqual([
        'app-1--rabbitmq-1--password',
        'app-2--rabbitmq-1--password',
        'app-3--rabbitmq-1--password',
        'billing--rabbitmq-1--password',
        'checkout--rabbitmq-1--password',
      ]);
  });

  it('tells states by a word and a shape, not by colour alone', async () => {
    await open();
    await goTo(window, '#/cluster/neu-1', 'Cluster neu-1');
    const states = window.page.locator('.state:visible');
    const told: [string, string | null][] = [];
    for (const state of (await states.all()).slice(0, 12))
      told.push([(await state.innerText()).trim(), await state.locator('.glyph').getAttribute('class')]);

    expect(told).toEqual(
      expect.arrayContaining([
        ['out of reach', 'glyph glyph-down'],
        ['synced', 'glyph glyph-synced'],
        ['pending', 'glyph glyph-pending'],
      ]),
    );
  });

  it('has no button that plays with clusters, unless it belongs to a local stack', async () => {
    await open();
    expect(await window.page.getByRole('region', { name: 'Try it out' }).count()).toBe(0);
    await window.close();
    const act = async () => 'neu-1 refuses connections';
    await open(3, { actions: [{ id: 'down', label: 'Stop cluster neu-1', act }] });
    await window.page.getByRole('button', { name: 'Stop cluster neu-1' }).press('Enter');

    await window.page.getByText('neu-1 refuses connections').waitFor();
  });
});

describe('another site in the same browser', () => {
  it('can neither read the dashboard, nor frame it, nor have anything done', async () => {
    const fleet = await open();
    const other = createServer((_, response) =>
      response.setHeader('content-type', 'text/html').end('<h1>other</h1>'),
    );
    await new Promise<void>((resolve) => void other.listen(0, '127.0.0.1', resolve));
    const stranger = await window.page.context().newPage();
    await stranger.goto(`http://127.0.0.1:${(other.address() as AddressInfo).port}/`);
    const target = JSON.stringify(window.page.url().split('#')[0]);
    const body = `{ method: 'POST', credentials: 'include', body: '{"problem":"x","reason":""}' }`;
    const tried = await stranger.evaluate(`(async () => {
      const heard = async (asked) => asked.then(() => 'read', () => 'nothing');
      const frame = document.createElement('iframe');
      frame.src = ${target};
      document.body.append(frame);
      await new Promise((resolve) => (frame.onload = resolve));
      let framed = 'nothing';
      try { framed = frame.contentDocument?.body.textContent ? 'read' : 'nothing'; } catch {}
      return [
        await heard(fetch(${target} + 'api/fleet', { credentials: 'include' })),
        await heard(fetch(${target} + 'api/acknowledge', ${body})),
        framed,
      ];
    })()`);
    await new Promise((resolve) => other.close(resolve));
    other.closeAllConnections();

    expect(tried).toEqual(['nothing', 'nothing', 'nothing']);
    expect(fleet.sent).toEqual([]);
  });
});
