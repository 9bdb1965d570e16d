import { describe, expect, it } from 'vitest';
import type { Contribution } from '../../shared/source/contribution.ts';
import { guardedChange, guardedSources } from '../../shared/target/guards.ts';
import { ownershipOf } from '../../shared/target/ownership.ts';
import { aLiveSecret, aRef, aTarget, aVersion, INSTANCE, NOW } from '../support/builders.ts';

const NAME = 'app-1--pg--password';
const DAY = 24 * 3600;

interface Case {
  /** When the version was made that stands in the Secret, Unix seconds; the vault answers with one that is 10 s older. */
  deliveredAt: number;
  /** Whether the row says that the source is stale for a day. */
  isLongStale?: boolean;
  isAllowed?: boolean;
}

/** What comes of an answer of the vault at NOW that is older than what stands in the Secret. */
function guarded({ deliveredAt, isLongStale = false, isAllowed = false }: Case): Contribution | undefined {
  const version = aVersion({ version: '0a', created: deliveredAt - 10, updated: deliveredAt - 10 });
  const older = isAllowed ? 'all' : new Set(isLongStale ? [NAME] : []);
  const target = aTarget({ allowed: { older, leaving: new Map() } });
  const marks = ownershipOf(aRef(), INSTANCE, 'app-1', `team/${NAME}@0b:${deliveredAt}`);
  const sources = new Map([[NAME, { state: 'valid', version } as const]]);
  const given = new Map([[NAME, { use: version, state: 'valid' } as const]]);
  return guardedSources(given, target, sources, aLiveSecret(marks)).get(NAME);
}

describe('an answer of the vault that is older than what stands in the Secret', () => {
  it('is not written: its key stays', () => {
    expect(guarded({ deliveredAt: NOW - 60 })).toEqual({ keep: 'stale' });
  });

  it('is written when a person says so', () => {
    expect(guarded({ deliveredAt: NOW - 60, isAllowed: true })).toMatchObject({ use: { version: '0a' } });
  });

  it('is written when it was the answer for a day', () => {
    const deliveredAt = NOW - DAY;
    expect(guarded({ deliveredAt, isLongStale: true })).toMatchObject({ use: { version: '0a' } });
    expect(guarded({ deliveredAt })).toEqual({ keep: 'stale' });
  });

  it('is not written for what a row says of an earlier version: the one that stands there is no day old', () => {
    expect(guarded({ deliveredAt: NOW - DAY + 1, isLongStale: true })).toEqual({ keep: 'stale' });
  });
});

/** The change that creates a Secret whose annotations have so many bytes together, names included. */
function guardedCreation(bytes: number) {
  const annotations = { note: 'ü'.repeat((bytes - 4) / 2) };
  const manifest = { ...aRef(), type: 'Opaque', data: {}, labels: {}, annotations, immutable: false };
  return guardedChange({ action: 'create', manifest } as never, { kept: [] } as never, []);
}

describe('annotations of a Secret, which Kubernetes allows 262,144 bytes together', () => {
  it('pass when they are as large as that', () => {
    expect(guardedCreation(262_144)).toMatchObject({ action: 'create' });
  });

  it('are refused before the write when they are larger, with what to do', () => {
    expect(guardedCreation(262_146)).toMatchObject({
      action: 'blocked',
      code: 'RENDER_REFUSED',
      message: expect.stringMatching(/larger than Kubernetes allows \(262144 bytes\): feed it from fewer/),
    });
  });
});
