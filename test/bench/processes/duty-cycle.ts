// Stops processes for a part of each tenth of a second: less than a core, where the kernel gives no way to say so.
import { offer } from '../world/remote.ts';

const PERIOD_MS = 100;

let held: readonly number[] = [];
let timers: NodeJS.Timeout[] = [];

const signal = (name: 'SIGSTOP' | 'SIGCONT'): void => {
  for (const pid of held) process.kill(pid, name);
};

const api = {
  begin(pids: readonly number[], share: number): void {
    held = pids;
    const period = (): void => {
      signal('SIGCONT');
      timers[1] = setTimeout(() => signal('SIGSTOP'), share * PERIOD_MS);
    };
    timers = [setInterval(period, PERIOD_MS)];
    period();
  },
  end(): void {
    for (const timer of timers) clearTimeout(timer);
    signal('SIGCONT');
  },
};

export type DutyCycleApi = typeof api;

// Whoever is held must not stay so when this process goes.
process.once('exit', () => api.end());

offer(api);
