import { describe, expect, it } from 'vitest';
import { CODES, type Code, isRetryable } from '../../shared/errors.ts';
import {
  afterFailure,
  type BackOff,
  heldForMs,
  isBackingOff,
  releaseMs,
} from '../../shared/retry/back-off.ts';

function failed(times: number, now = 0): BackOff | undefined {
  let backOff: BackOff | undefined;
  for (let time = 0; time < times; time += 1) backOff = afterFailure(backOff, now);
  return backOff;
}

describe('a cluster that fails', () => {
  it.each([0, 1, 2])('is still tried after %i failures', (times) => {
    expect(heldForMs(failed(times), 0)).toBe(0);
    expect(isBackingOff(failed(times))).toBe(false);
  });

  it.each([
    [3, 15_000],
    [4, 30_000],
    [5, 60_000],
    [7, 240_000],
    [8, 300_000],
    [100, 300_000],
  ])('is probed after %i failures in %i ms', (times, pause) => {
    expect(heldForMs(failed(times, 1000), 1000)).toBe(pause);
    expect(isBackingOff(failed(times))).toBe(true);
  });

  it('may be probed once its pause is over', () => {
    expect(heldForMs(failed(3), 15_000)).toBe(0);
    expect(heldForMs(failed(3), 99_000)).toBe(0);
  });

  it.each([
    ['CLUSTER_UNREACHABLE', true],
    ['CLUSTER_TLS', true],
    ['CLUSTER_TIMEOUT', true],
    ['CLUSTER_UNAUTHORIZED', true],
    ['CLUSTER_THROTTLED', true],
    ['CLUSTER_FAILED', true],
    ['CLUSTER_FORBIDDEN', false],
    ['CLUSTER_BACKOFF', false],
    ['CONFLICT', false],
    ['OUT_OF_TIME', false],
    ['VAULT_UNAVAILABLE', false],
    ['DELIVERED', false],
  ] satisfies [Code, boolean][])('%s tells of the whole cluster: %s', (code, wide) => {
    expect(CODES[code].cluster === 'failing').toBe(wide);
  });

  it('fails as a whole only with codes that are tried again', () => {
    const codes = Object.keys(CODES) as Code[];
    const wide = codes.filter((code) => CODES[code].cluster === 'failing');
    expect(wide.filter((code) => !isRetryable(code))).toEqual([]);
  });
});

describe('the targets of a cluster in back-off', () => {
  it('wait until after its next try', () => {
    expect(releaseMs(15_000, 0)).toBe(17_000);
  });

  it('come back spread over ten seconds, however long the pause was', () => {
    for (const pause of [15_000, 300_000]) expect(releaseMs(pause, 1) - releaseMs(pause, 0)).toBe(60_000);
  });
});
