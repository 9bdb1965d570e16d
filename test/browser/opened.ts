import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { serve, type Served } from '../cli/dashboard/visit.ts';
import { openWindow, type Window } from './chromium.ts';
import { type Fleet, SHOWN_SECRET } from './fleet.ts';

/** Every view, by its address and its heading. */
export const VIEWS = [
  ['#/fleet', 'Fleet'],
  ['#/cluster/neu-1', 'Cluster neu-1'],
  ['#/targets?state=refused', 'Targets: state refused'],
  ['#/secrets', 'Secrets'],
  [`#/secret/team/${SHOWN_SECRET}`, `team/${SHOWN_SECRET}`],
  ['#/problems', 'Problems'],
  ['#/runs', 'Runs'],
  ['#/run/20261121T104400Z-3fa9c1aa', 'Run 20261121T104400Z-3fa9c1aa'],
  ['#/expiry', 'Expiry'],
  ['#/routes', 'Routes'],
] as const;

/** Where npm run build puts the page. */
const ASSETS = pathToFileURL(join(import.meta.dirname, '../../dist/cli/dashboard/'));

const ENV = {
  REGISTRY__tableServiceUri: 'https://vaultcastprod.table.core.windows.net',
  AzureWebJobsStorage__accountName: 'vaultcastprod',
};

/** A window on a dashboard over these tables; closing it ends both. */
export async function openOn(
  browser: Browser,
  { connections }: Fleet,
  options: BrowserContextOptions & Pick<Served, 'actions'> = {},
): Promise<Window> {
  const { actions = [], ...context } = options;
  const { address, stop } = await serve({ connections, assets: ASSETS, env: ENV, actions });
  const window = await openWindow(browser, address, context);
  const close = async (): Promise<void> => {
    try {
      await window.close();
    } finally {
      await stop();
    }
  };
  return { ...window, close };
}

/** Goes to a view as a link does, and waits until it was read. */
export async function goTo({ page }: Window, hash: string, title: string | RegExp): Promise<void> {
  await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
  await page.getByRole('heading', { level: 1, name: title }).waitFor();
  await page.getByText('Reading the tables').waitFor({ state: 'detached' });
}
