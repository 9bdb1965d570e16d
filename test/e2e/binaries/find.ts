import { join } from 'node:path';

import { cacheFolder, fillOnce, missingAmong } from '../cache.ts';
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
  const programs = inFolder(folder);
  await fillOnce(folder, Object.values(programs), log, async (work) => {
    log(`building etcd and kube-apiserver into ${folder}: takes minutes, once`);
    await buildFromModules(work, env, log);
  });
  return programs;
}

async function fromAssets(folder: string): Promise<Binaries> {
  const programs = inFolder(folder);
  const missing = await missingAmong(Object.values(programs));
  if (missing) throw new Error(`KUBEBUILDER_ASSETS is set to ${folder}, which has no program ${missing}`);
  return programs;
}

function cacheKey(): string {
  return `kubernetes-${KUBERNETES_VERSION}-etcd-${ETCD_VERSION}-${process.platform}-${process.arch}`;
}

function inFolder(folder: string): Binaries {
  return { etcd: join(folder, 'etcd'), kubeApiserver: join(folder, 'kube-apiserver') };
}

function progress(line: string): void {
  process.stderr.write(`e2e: ${line}\n`);
}
