import { describe, expect, it } from 'vitest';
import { newTask } from '../../shared/event/task.ts';
import { lagRetries } from '../../shared/retry/requeue.ts';
import type { SourceStatus } from '../../shared/source/source.ts';
import { anOutcome, aVersion } from '../support/builders.ts';

const NAME = 'app-1--pg--password';
/** Of the announcement, Unix seconds. */
const AT = 1_763_600_000;

/** After how long a secret is looked at again whose event announced another version than this. */
function looksAfter(found: SourceStatus, secondsSince = 1): number[] {
  const now = (AT + secondsSince) * 1000;
  const announced = { version: 'announced', at: AT };
  const task = { ...newTask({ vault: 'team', name: NAME }, 'event-1', now), announced };
  const sources = new Map([[NAME, found]]);
  const look = { at: 'sources', secret: undefined, sources, refused: [], stale: [] } as const;
  return lagRetries(task, [{ ...anOutcome(), look }], now).map(({ delayMs }) => delayMs);
}

const readable = (created: number, version = 'other'): SourceStatus => {
  const { value: _value, certificate: _certificate, ...seen } = aVersion({ created, version });
  return { state: 'valid', version: seen };
};
const TWICE = [30_000, 300_000];

describe('a secret of which an event announced a version', () => {
  it('is looked at twice more where the vault shows an older one', () => {
    expect(looksAfter(readable(AT - 60))).toEqual(TWICE);
    expect(looksAfter(readable(AT - 1))).toEqual(TWICE);
  });

  it('is looked at once more where the vault shows another of the same second, which may be newer', () => {
    expect(looksAfter(readable(AT))).toEqual([30_000]);
  });

  it('is not looked at again where the vault shows that one, or one that came after it', () => {
    expect(looksAfter(readable(AT - 60, 'announced'))).toEqual([]);
    expect(looksAfter(readable(AT + 1))).toEqual([]);
  });

  it('is looked at twice more where the vault does not know it yet, and for ten minutes only', () => {
    expect(looksAfter({ state: 'deleted' }, 599)).toEqual(TWICE);
    expect(looksAfter({ state: 'deleted' }, 600)).toEqual([]);
  });
});
