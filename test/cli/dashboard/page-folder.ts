import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildPage } from '../../../infra/dashboard/build.ts';

/** The page of these sources, built aside. */
export async function aBuiltPage(): Promise<{ folder: URL; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'vaultcast-page-'));
  await buildPage(path);
  return { folder: pathToFileURL(`${path}/`), remove: () => rm(path, { recursive: true }) };
}
