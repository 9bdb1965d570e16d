import { access, constants, mkdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

import { withFileLock } from './file-lock.ts';
import { buildFromModules, ETCD_VERSION, KUBERNETES_VERSION } from './go-build.ts';

export interface Binaries {
  etcd: string;
  kubeApiserver: string;
}

type Env = NodeJS.ProcessEnv;

/**
 * Paths of the control plane's programs: from `KUBEBUILDER_ASSETS` (envtest's convention) when it is set, else from
 * the cache, where they are built from Go modules when they are not there yet.
 * @throws Error when a program is missing in `KUBEBUILDER_ASSETS`, or cannot be built
 */
export async function binaries(
  env: Env = process.env,
  log: (line: string) => void = progress,
): Promise<Binaries> {
  const assets = env['KUBEBUILDER_ASSETS'];
  if (assets) return fromAssets(assets);
  const folder = join(cacheFolder(env), cacheKey());
  if (await missingIn(folder)) await build(folder, env, log);
  return inFolder(folder);
}

async function fromAssets(folder: string): Promise<Binaries> {
  const missing = await missingIn(folder);
  if (missing) throw new Error(`KUBEBUILDER_ASSETS is set to ${folder}, which has no program ${missing}`);
  return inFolder(folder);
}

/** Built beside the final folder and renamed into place, so that nobody ever sees half of it. */
async function build(folder: string, env: Env, log: (line: string) => void): Promise<void> {
  const waiting = (): void => log(`waiting for another run that is building ${folder}`);
  await withFileLock(`${folder}.lock`, waiting, async () => {
    if (!(await missingIn(folder))) return;
    const work = `${folder}.building`;
    await rm(work, { recursive: true, force: true });
    await mkdir(work);
    log(`building etcd and kube-apiserver into ${folder}: takes minutes, once`);
    await buildFromModules(work, env, log);
    await rm(folder, { recursive: true, force: true });
    await rename(work, folder);
  });
}

/** Outside the work tree: a fresh clone finds what an older one built. */
function cacheFolder(env: Env): string {
  if (env['VAULTCAST_CACHE']) return env['VAULTCAST_CACHE'];
  return join(env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache'), 'vaultcast');
}

function cacheKey(): string {
  return `kubernetes-${KUBERNETES_VERSION}-etcd-${ETCD_VERSION}-${process.platform}-${process.arch}`;
}

function inFolder(folder: string): Binaries {
  return { etcd: join(folder, 'etcd'), kubeApiserver: join(folder, 'kube-apiserver') };
}

async function missingIn(folder: string): Promise<string | undefined> {
  for (const path of Object.values(inFolder(folder))) {
    const there = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (!there) return path;
  }
  return undefined;
}

function progress(line: string): void {
  process.stderr.write(`e2e: ${line}\n`);
}
