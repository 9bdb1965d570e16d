import { readdir, readFile, writeFile } from 'node:fs/promises';

/** Ticks of a second: USER_HZ is 100 on every Linux that Node runs on. */
const TICKS = 100;
const PAGE_BYTES = 4096;

/** Fields from the third on. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
async function statOf(pid: number | string): Promise<string[]> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The name, in brackets, may hold anything: what follows it is counted.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

export async function childrenOf(parent: number): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  // One that has ended meanwhile is nobody's child.
  const parents = await Promise.all(pids.map(async (pid) => (await statOf(pid).catch(() => []))[1]));
  return pids.filter((_, index) => parents[index] === String(parent)).map(Number);
}

/** Processor time of processes so far, seconds. */
export async function cpuSeconds(pids: readonly number[]): Promise<number> {
  const stats = await Promise.all(pids.map(statOf));
  const ticks = stats.map((fields) => Number(fields[11]) + Number(fields[12]));
  return ticks.reduce((sum, one) => sum + one, 0) / TICKS;
}

/** What processes have in memory now, MiB. */
export async function residentMiB(pids: readonly number[]): Promise<number> {
  const stats = await Promise.all(pids.map(statOf));
  return (stats.reduce((sum, fields) => sum + Number(fields[21]), 0) * PAGE_BYTES) / 2 ** 20;
}

/** From now on the peak is measured anew. https://man7.org/linux/man-pages/man5/proc_pid_clear_refs.5.html */
export async function resetPeak(pids: readonly number[]): Promise<void> {
  await Promise.all(pids.map((pid) => writeFile(`/proc/${pid}/clear_refs`, '5')));
}

/** The most that one of the processes had in memory since then, MiB. */
export async function peakMiB(pids: readonly number[]): Promise<number> {
  const texts = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/status`, 'utf8')));
  return Math.max(...texts.map((text) => Number(/VmHWM:\s+(\d+) kB/.exec(text)?.[1] ?? Number.NaN) / 1024));
}
