import type { Code } from '../../../shared/errors.ts';
import { VaultcastError } from '../../../shared/errors.ts';
import { noHook } from './hook.ts';
import type { Hook } from './hook.ts';

interface FakeFault {
  code: Code;
  /** Default: every call. */
  when?: (call: string) => boolean;
  /** Default: until removed. */
  times?: number;
  /** `after`: the call takes effect, its answer is lost. Default `before`. */
  moment?: 'before' | 'after';
  retryAfterMs?: number;
}

/** The calls a fake was asked for, and those it is to fail. */
export interface Calls {
  /** Names of all calls, in order. */
  log: string[];
  /** Returns the function that removes the fault. */
  fail(fault: FakeFault): () => void;
  run<T>(call: string, signal: AbortSignal, effect: () => T): Promise<T>;
}

/**
 * @param aborted the code of a call whose signal is aborted meanwhile
 * @param unasked the code of one whose signal was aborted before
 */
export function createCalls(aborted: Code, hook: Hook = noHook, unasked: Code = aborted): Calls {
  const log: string[] = [];
  const faults = new Set<{ fault: FakeFault; left: number }>();

  const strike = (call: string, moment: 'before' | 'after'): void => {
    const hit = [...faults].find(
      ({ fault, left }) => left > 0 && (fault.moment ?? 'before') === moment && (fault.when?.(call) ?? true),
    );
    if (!hit) return;
    hit.left -= 1;
    const { code, retryAfterMs } = hit.fault;
    throw new VaultcastError(code, `fake: ${call} fails with ${code}`, { retryAfterMs });
  };
  const checkSignal = (call: string, signal: AbortSignal, code: Code): void => {
    if (signal.aborted) throw new VaultcastError(code, `fake: the time budget ended before ${call}`);
  };

  return {
    log,
    fail(fault) {
      const rule = { fault, left: fault.times ?? Number.POSITIVE_INFINITY };
      faults.add(rule);
      return () => void faults.delete(rule);
    },
    async run(call, signal, effect) {
      log.push(call);
      const code = signal.aborted ? unasked : aborted;
      await hook(call);
      checkSignal(call, signal, code);
      strike(call, 'before');
      const result = effect();
      await hook(`${call} done`);
      strike(call, 'after');
      return result;
    },
  };
}
