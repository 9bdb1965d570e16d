import { describe, expect, it } from 'vitest';
import { newTask } from '../../shared/event/task.ts';
import { companyLines, outcomeLines } from '../../shared/retry/lines.ts';
import type { Outcome } from '../../shared/status/outcome.ts';
import { anOutcome } from '../support/builders.ts';

const NAME = 'app-1--pg--password';
const task = { ...newTask({ vault: 'team', name: NAME }, 'event-1', 1000), company: ['event-2', 'event-3'] };
const failed = anOutcome({ code: 'CLUSTER_UNREACHABLE', message: 'refused' });
const how = { now: 2000, isLagging: false };

function codesOf(
  outcome: Outcome,
  merged: ReadonlyMap<Outcome, number> = new Map(),
): Record<string, string[]> {
  const lines = outcomeLines(task, [outcome], { ...how, merged });
  return Object.fromEntries(
    [...Map.groupBy(lines, ({ eventId }) => eventId)].map(([id, own]) => [id, own.map(({ code }) => code)]),
  );
}

describe('events that came with another one about the same secret', () => {
  it('end where a target failed, for the retry names the other one', () => {
    expect(codesOf(failed)).toEqual({
      'event-1': ['CLUSTER_UNREACHABLE'],
      'event-2': ['CLUSTER_UNREACHABLE', 'SUPERSEDED'],
      'event-3': ['CLUSTER_UNREACHABLE', 'SUPERSEDED'],
    });
  });

  it('end once where a message waits for the target already, as the other one does', () => {
    const ended = ['CLUSTER_UNREACHABLE', 'SUPERSEDED'];
    expect(codesOf(failed, new Map([[failed, 5000]]))).toEqual({
      'event-1': ended,
      'event-2': ended,
      'event-3': ended,
    });
  });

  it('are each told of a target that is done, and of nothing after', () => {
    const codes = codesOf(anOutcome());
    expect(new Set(Object.values(codes).map((own) => own.join()))).toEqual(new Set([anOutcome().code]));
  });

  it('end where nothing could begin, for the message about the secret names the other one', () => {
    expect(companyLines(task)).toMatchObject([
      { code: 'SUPERSEDED', eventId: 'event-2', secret: NAME },
      { code: 'SUPERSEDED', eventId: 'event-3', secret: NAME },
    ]);
  });
});
