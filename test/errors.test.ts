import { describe, expect, it } from 'vitest';
import { type Code, CODES, failureOf, isRetryable, VaultcastError } from '../shared/errors.ts';
import type { Outcome } from '../shared/status/outcome.ts';
import { stateOf } from '../shared/status/state.ts';
import { anOutcome } from './support/builders.ts';

const codes = Object.keys(CODES) as Code[];

describe('an outcome code', () => {
  it('answers every column', () => {
    const columns = ['cluster', 'level', 'meaning', 'recheck', 'retry'];
    expect(codes.filter((code) => String(Object.keys(CODES[code]).sort()) !== String(columns))).toEqual([]);
  });

  it('counts against a cluster only when the same work is tried again', () => {
    expect(codes.filter((code) => CODES[code].cluster === 'failing' && !isRetryable(code))).toEqual([]);
  });

  it('waits for a change or an hour only when the target is refused', () => {
    const patient = codes.filter((code) => CODES[code].recheck !== 'every-run');
    expect(patient.filter(isRetryable)).toEqual([]);
    expect(patient).toEqual(['NO_ROUTE', 'RENDER_REFUSED', 'SECRET_INVALID']);
  });
});

describe('the state of a target', () => {
  it('is one that people know, for every kind of outcome', () => {
    const target = anOutcome();
    const { effect } = target as Extract<Outcome, { kind: 'synced' }>;
    const kinds: Record<Outcome['kind'], [Partial<Outcome>, string]> = {
      synced: [{ effect, unfinished: [] }, 'synced'],
      removed: [{ effect }, 'absent'],
      planned: [{ effect }, 'synced'],
      absent: [{}, 'absent'],
      refused: [{}, 'refused'],
      failed: [{ retryAfterMs: undefined }, 'pending'],
      held: [{ retryAfterMs: 1 }, 'pending'],
      'gave-up': [{}, 'failed'],
    };
    for (const [kind, [fields, state]] of Object.entries(kinds))
      expect(stateOf({ ...target, ...fields, kind } as Outcome).state).toBe(state);
  });

  it('is pending while part of a write could not be done', () => {
    const unfinished = [{ code: 'VAULT_THROTTLED', message: 'later' }] as const;
    expect(stateOf({ ...anOutcome(), unfinished } as Outcome).state).toBe('pending');
  });
});

describe('what went wrong', () => {
  it('keeps code, message and the wait that the other side asked for', () => {
    const error = new VaultcastError('VAULT_THROTTLED', 'slow down', { retryAfterMs: 5 });
    expect(failureOf(error)).toEqual({ code: 'VAULT_THROTTLED', message: 'slow down', retryAfterMs: 5 });
  });

  it('is a defect and keeps only its class name when no adapter threw it', () => {
    const defect = { code: 'INTERNAL', message: 'unexpected TypeError' };
    expect(failureOf(new TypeError('hunter2 in the message'))).toEqual(defect);
    expect(failureOf('hunter2')).toEqual({ code: 'INTERNAL', message: 'unexpected string' });
  });
});
