import { mkdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DutyCycleApi } from '../processes/duty-cycle.ts';
import { start } from './remote.ts';

/** A share of a core that processes are held to, each by itself: they are instances of their own. */
export interface Held {
  /** What holds them: the kernel does it truly, a duty cycle stops them in the middle of anything. */
  by: 'cgroup v1' | 'cgroup v2' | 'SIGSTOP and SIGCONT';
  release(): Promise<void>;
}

const PERIOD_US = 100_000;

interface Controller {
  by: Exclude<Held['by'], 'SIGSTOP and SIGCONT'>;
  /** Of its line in /proc/self/cgroup, which ends in the group of this process. */
  line: RegExp;
  root: string;
  /** File of a group -> what it is to hold. */
  limits: (quotaUs: number) => Record<string, string>;
}

/** https://man7.org/linux/man-pages/man7/cgroups.7.html */
const CONTROLLERS: readonly Controller[] = [
  {
    by: 'cgroup v1',
    line: /^\d+:(?:[^:]*,)?cpu(?:,[^:]*)?:(.*)$/m,
    root: '/sys/fs/cgroup/cpu',
    limits: (quota) => ({ 'cpu.cfs_period_us': String(PERIOD_US), 'cpu.cfs_quota_us': String(quota) }),
  },
  {
    by: 'cgroup v2',
    line: /^0::(.*)$/m,
    root: '/sys/fs/cgroup',
    limits: (quota) => ({ 'cpu.max': `${quota} ${PERIOD_US}` }),
  },
];

/** Below the group of this process: what held the app before still does. Undefined where this user may make no such group. */
async function hold(
  { by, line, root, limits }: Controller,
  pids: readonly number[],
  share: number,
): Promise<Held | undefined> {
  const [, own] = line.exec(await readFile('/proc/self/cgroup', 'utf8')) ?? [];
  if (own === undefined) return undefined;
  const parent = join(root, own);
  const groups = pids.map((pid) => ({ pid, folder: join(parent, `vaultcast-bench-${pid}`) }));
  const release = async (): Promise<void> => {
    for (const { pid, folder } of groups) {
      await writeFile(join(parent, 'cgroup.procs'), String(pid)).catch(() => undefined);
      await rmdir(folder).catch(() => undefined);
    }
  };
  try {
    for (const { pid, folder } of groups) {
      await mkdir(folder);
      for (const [file, text] of Object.entries(limits(share * PERIOD_US)))
        await writeFile(join(folder, file), text);
      await writeFile(join(folder, 'cgroup.procs'), String(pid));
    }
    return { by, release };
  } catch {
    await release();
    return undefined;
  }
}

/** From now on each of the processes has at most that share of a core, by the kernel where it can. */
export async function holdTo(share: number, pids: readonly number[]): Promise<Held> {
  for (const controller of CONTROLLERS) {
    const held = await hold(controller, pids, share);
    if (held !== undefined) return held;
  }
  const { ask, stop } = await start<DutyCycleApi>('duty-cycle.ts');
  await ask.begin(pids, share);
  return {
    by: 'SIGSTOP and SIGCONT',
    release: async () => {
      await ask.end();
      await stop();
    },
  };
}
