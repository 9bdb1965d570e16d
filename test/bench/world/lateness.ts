import { monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 10;

/**
 * How late this process was with anything, at worst, since the last call, ms: on a busy machine stand-ins get no processor
 * either, and then are rightly blamed.
 */
export function watchLateness(): () => number {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  return () => {
    const worst = delays.max / 1e6;
    delays.reset();
    return worst;
  };
}
