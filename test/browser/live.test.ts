import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Stack } from '../local/stack/start.ts';
import { startStack } from '../local/stack/start.ts';
import { applyTenancy } from '../local/stack/tenancy.ts';
import type { Window } from './chromium.ts';
import { openWindow, startChromium } from './chromium.ts';
import type { Running } from './command.ts';
import { startCommand } from './command.ts';
import { goTo } from './opened.ts';

const NAME = 'app-1--pg--password';
/** A poll takes five seconds, a retry ten, and the machine may be busy. */
const SOON = { timeout: 45_000 };

let stack: Stack;
let command: Running;
let browser: Browser;
let window: Window;

/** By other processes: the vault's owner sets it, the functions deliver it. */
async function rotate(name: string, outcomes: number): Promise<string> {
  const { version, eventId } = await stack.rotate(name, `a value of ${name}`);
  await stack.outcomes(eventId, outcomes);
  return version;
}

beforeAll(async () => {
  stack = await startStack({ clusters: ['weu-1', 'neu-1'] });
  await applyTenancy(stack);
  await rotate(NAME, 2);
  const { connectionString } = stack.storage;
  command = await startCommand({
    REGISTRY: connectionString,
    AzureWebJobsStorage: connectionString,
    USER: 'octo',
  });
  browser = await startChromium();
  window = await openWindow(browser, command.address);
});
afterAll(async () => {
  try {
    await window.close();
  } finally {
    await browser.close();
    await stack.stop();
  }
});

it('a secret that is rotated elsewhere is shown with its new version by itself', async () => {
  await goTo(window, `#/secret/team/${NAME}`, `team/${NAME}`);
  const version = await rotate(NAME, 2);
  const stands = window.page.getByRole('region', { name: '2 targets' }).locator(`code[title="${version}"]`);

  await expect.poll(() => stands.count(), SOON).toBe(2);
  const line = window.page.getByRole('region', { name: 'Versions and deliveries' }).getByRole('listitem');
  await expect
    .poll(
      () =>
        line
          .filter({ hasText: version.slice(0, 8) })
          .first()
          .innerText(),
      SOON,
    )
    .toContain('weu-1 / app-1 / pg');
});

it('a cluster that is down is a problem with its cause and its help, and none when it is up again', async () => {
  await goTo(window, '#/problems', 'Problems');
  await window.page.getByText('Nothing is wrong anywhere.').waitFor(SOON);
  await stack.cluster('neu-1').server.down();
  const { eventId } = await stack.rotate(NAME, 'a newer value');
  await stack.outcomes(eventId, 2);

  const problem = window.page.getByRole('region', { name: 'No connection to the API server' });
  await problem.getByText('neu-1 / app-1 / pg').waitFor(SOON);
  await problem.getByRole('button', { name: 'Copy: vaultcast check neu-1' }).waitFor();
  await problem.getByText('What the runbook says of CLUSTER_UNREACHABLE').click();
  await problem.getByRole('term').filter({ hasText: 'Fix' }).waitFor();
  await goTo(window, '#/fleet', 'Fleet');
  const card = window.page.getByRole('listitem').filter({ hasText: 'neu-1' });
  expect(await card.innerText()).toMatch(/waits|out of reach/);

  await stack.cluster('neu-1').server.up();
  await card.getByText('well', { exact: true }).waitFor(SOON);
  await goTo(window, '#/problems', 'Problems');
  await window.page.getByText('Nothing is wrong anywhere.').waitFor(SOON);
});

it('a problem that somebody acknowledges is written down by the app, and shown with the name', async () => {
  await rotate('app-2--mq--password', 4);
  await goTo(window, '#/problems', 'Problems');
  const refused = window.page.getByRole('region', { name: 'The namespace does not accept this secret' });
  await refused.getByRole('button', { name: 'Acknowledge weu-1 / app-1 / mq' }).click(SOON);
  await refused.getByLabel('Why, for those who see it').fill('ticket 4711');
  await refused.getByRole('button', { name: 'I know of it' }).click();

  const known = refused.getByText(/octo knows of it since .*: ticket 4711/);
  await expect.poll(() => known.count(), SOON).toBe(1);
});

it('the command ends with Ctrl-C, and the page says that it did', async () => {
  await goTo(window, '#/runs', 'Runs');
  // Of a command that has ended, and of one that ends while it is asked.
  window.pardon(/ERR_CONNECTION_(?:REFUSED|RESET)/);
  expect(await command.stop()).toBe(130);

  await window.page.getByRole('alert').getByText('The command does not answer').waitFor(SOON);
});
