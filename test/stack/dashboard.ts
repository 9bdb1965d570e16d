import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { visit } from '../cli/dashboard/visit.ts';
import type { Stack } from '../local/stack/start.ts';
import type { Captured } from './leaks.ts';

/** Where npm run build puts the page. */
const ASSETS = pathToFileURL(join(import.meta.dirname, '../../dist/cli/dashboard/'));

/** What `vaultcast dashboard` tells of the stack's tables, view by view; of these secrets all that it knows. */
export async function toldByDashboard({ storage }: Stack, secrets: readonly string[]): Promise<Captured[]> {
  const { connectionString } = storage;
  const env = { REGISTRY: connectionString, AzureWebJobsStorage: connectionString };
  const here = await visit({ connections: {}, assets: ASSETS, env });
  const views = ['session', 'fleet', 'targets', 'secrets', 'problems', 'runs', 'expiry', 'routes'];
  const each = secrets.map((name) => `secret?vault=team&name=${name}`);
  try {
    const told = [...views, ...each].map(async (path) => {
      const { status, body } = await here.get(`api/${path}`);
      return { where: `the dashboard's ${path}`, text: `${status} ${body}` };
    });
    return await Promise.all(told);
  } finally {
    await here.stop();
  }
}
