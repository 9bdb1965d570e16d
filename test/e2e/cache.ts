import { access, constants, mkdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

import { withFileLock } from './binaries/file-lock.ts';

type Env = NodeJS.ProcessEnv;

/** Outside the work tree: a fresh clone finds what an older one built. */
export function cacheFolder(env: Env): string {
  if (env['VAULTCAST_CACHE']) return env['VAULTCAST_CACHE'];
  return join(env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache'), 'vaultcast');
}

/**
 * Fills a folder of the cache, once for all processes of this machine, unless all its programs are there.
 * It is filled beside the final folder and renamed into place, so that nobody ever sees half of it.
 * @param make is given an empty folder
 */
export async function fillOnce(
  folder: string,
  programs: readonly string[],
  log: (line: string) => void,
  make: (work: string) => Promise<void>,
): Promise<void> {
  if (!(await missingAmong(programs))) return;
  const waiting = (): void => log(`waiting for another run that is making ${folder}`);
  await withFileLock(`${folder}.lock`, waiting, async () => {
    if (!(await missingAmong(programs))) return;
    const work = `${folder}.building`;
    await rm(work, { recursive: true, force: true });
    await mkdir(work);
    await make(work);
    await rm(folder, { recursive: true, force: true });
    await rename(work, folder);
  });
}

/** The first of these paths where no program is. */
export async function missingAmong(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    const there = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (!there) return path;
  }
  return undefined;
}
