import { cp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buildFunctions } from './build.ts';

const root = join(import.meta.dirname, '..');

/** The folder that is deployed: azd's service `vaultcast`, and what `npm run package` puts into the ZIP. */
export const APP = join(import.meta.dirname, 'app');

/** Says where the bundles are. Written by hand, because azd wants to see a project before anything is built. */
const MANIFEST = 'package.json';

/**
 * Makes `folder` hold what runs and nothing else: bundles, host.json and the manifest. Whatever else lies there goes:
 * azd runs `npm install` before this, which leaves a lockfile, and deploys every file that it finds.
 */
export async function stageApp(folder: string): Promise<void> {
  const strangers = (await readdir(folder)).filter((name) => name !== MANIFEST);
  for (const name of strangers) await rm(join(folder, name), { recursive: true });
  await buildFunctions(join(folder, 'dist'));
  await cp(join(root, 'host.json'), join(folder, 'host.json'));
  if (folder !== APP) await cp(join(APP, MANIFEST), join(folder, MANIFEST));
}

if (import.meta.main) await stageApp(APP);
