import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

export const KUBERNETES_VERSION = '1.36.3';
export const ETCD_VERSION = '3.6.16';

type Env = NodeJS.ProcessEnv;
/** Runs a go command and gives what it printed. */
type Go = (cwd: string, args: string[]) => Promise<string>;

/**
 * Builds `etcd` and `kube-apiserver` from their Go modules into `folder` (which must be empty): about four minutes
 * on two cores with an empty Go cache (and what a slow network adds), seconds with a full one.
 * @throws Error saying what to do when Go is missing, or with the end of Go's output when a step fails
 */
export async function buildFromModules(folder: string, env: Env, log: (line: string) => void): Promise<void> {
  await requireGo(env);
  const go = goIn(env);
  await step(log, `etcd ${ETCD_VERSION}`, () => buildEtcd(go, folder));
  await step(log, `kube-apiserver ${KUBERNETES_VERSION}`, () => buildKube(go, folder));
}

async function requireGo(env: Env): Promise<void> {
  try {
    await promisify(execFile)('go', ['version'], { env });
  } catch (cause) {
    const hint = 'set KUBEBUILDER_ASSETS to a folder with etcd and kube-apiserver, or install Go';
    throw new Error(`etcd and kube-apiserver have to be built, and there is no go command: ${hint}`, {
      cause,
    });
  }
}

async function step(log: (line: string) => void, what: string, work: () => Promise<void>): Promise<void> {
  const started = Date.now();
  const seconds = (): number => Math.round((Date.now() - started) / 1000);
  log(`building ${what}`);
  const timer = setInterval(() => log(`still building ${what}: ${seconds()} s`), 30_000);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  log(`built ${what} in ${seconds()} s`);
}

async function buildEtcd(go: Go, folder: string): Promise<void> {
  const cwd = await aModule(folder, 'etcd-module', [`require go.etcd.io/etcd/server/v3 v${ETCD_VERSION}`]);
  await go(cwd, buildArgs('-s -w', join(folder, 'etcd'), 'go.etcd.io/etcd/server/v3'));
}

async function buildKube(go: Go, folder: string): Promise<void> {
  const { goVersion, staging } = await kubernetesModule(go, folder);
  // The staging modules are published apart, as v0.X.Y, and kubernetes itself names them by relative paths only.
  const published = KUBERNETES_VERSION.replace(/^1\./, '0.');
  const cwd = await aModule(folder, 'kubernetes-module', [
    `go ${goVersion}`,
    `require k8s.io/kubernetes v${KUBERNETES_VERSION}`,
    ...staging.map((path) => `replace ${path} => ${path} v${published}`),
  ]);
  const ldflags = `-s -w -X k8s.io/component-base/version.gitVersion=v${KUBERNETES_VERSION}`;
  await go(cwd, buildArgs(ldflags, join(folder, 'kube-apiserver'), 'k8s.io/kubernetes/cmd/kube-apiserver'));
}

/** -mod=mod completes go.mod with what the command needs; `go mod tidy` would fetch what its tests need, too. */
function buildArgs(ldflags: string, output: string, command: string): string[] {
  return ['build', '-mod=mod', '-trimpath', `-ldflags=${ldflags}`, '-o', output, command];
}

interface GoMod {
  Go: string;
  Replace: { Old: { Path: string }; New: { Path: string } }[];
}

async function kubernetesModule(go: Go, cwd: string): Promise<{ goVersion: string; staging: string[] }> {
  const download = await go(cwd, ['mod', 'download', '-json', `k8s.io/kubernetes@v${KUBERNETES_VERSION}`]);
  const { GoMod: path } = JSON.parse(download) as { GoMod: string };
  const parsed = JSON.parse(await go(cwd, ['mod', 'edit', '-json', path])) as GoMod;
  const staging = parsed.Replace.filter((replace) => replace.New.Path.startsWith('./staging/'));
  return { goVersion: parsed.Go, staging: staging.map((replace) => replace.Old.Path) };
}

async function aModule(folder: string, name: string, directives: string[]): Promise<string> {
  const cwd = join(folder, name);
  await mkdir(cwd);
  await writeFile(join(cwd, 'go.mod'), ['module binaries', ...directives, ''].join('\n'));
  return cwd;
}

/** At a lower priority: a build takes every core there is. Without cgo, so that the result needs no C library. */
function goIn(env: Env): Go {
  return async (cwd, args) => {
    const options = { cwd, env: { ...env, CGO_ENABLED: '0', GOWORK: 'off' }, maxBuffer: 64 * 1024 * 1024 };
    try {
      return (await promisify(execFile)('nice', ['-n', '5', 'go', ...args], options)).stdout;
    } catch (cause) {
      const output = cause instanceof Error && 'stderr' in cause ? String(cause.stderr).slice(-4000) : '';
      throw new Error(`go ${args.slice(0, 2).join(' ')} failed:\n${output}`, { cause });
    }
  };
}
