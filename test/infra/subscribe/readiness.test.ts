import { describe, expect, it } from 'vitest';
import { type Outcome, unreachable, untilReady } from '../../../infra/subscribe/readiness.ts';
import { outputsFrom } from '../../../infra/subscribe/outputs.ts';
import { outputs } from './outputs.ts';

const MINUTE = 60_000;
interface Said {
  status: number;
  json: unknown;
}
type Answer = Said | Error;

const QUEUES = { push: 'ok', 'push-poison': 'ok', reconcile: 'ok', 'vault-events': 'ok' };
const TABLES = { Clusters: 'ok', Routes: 'ok', Targets: 'ok', Runs: 'ok', Endpoints: 'ok' };
const says = (queues: object = QUEUES, tables: object = TABLES): Said => ({
  status: 200,
  json: { version: '1', readiness: { storage: { queues, tables } } },
});

/** Waits for an app that gives these answers, the last one for ever, on a clock of its own. */
async function waitFor(
  answers: readonly Answer[],
): Promise<{ outcome: Outcome; said: string[]; took: number }> {
  let [time, asked] = [0, 0];
  const said: string[] = [];
  const outcome = await untilReady({
    ask: () => {
      const answer = answers[Math.min(asked, answers.length - 1)];
      asked += 1;
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer ?? says());
    },
    now: () => time,
    sleep: (ms) => Promise.resolve(void (time += ms)),
    say: (line) => said.push(line),
  });
  return { outcome, said, took: time };
}

describe('the wait for roles', () => {
  it('ends at once when the app can read everything', async () => {
    expect(await waitFor([says()])).toEqual({ outcome: { kind: 'ready' }, said: [], took: 0 });
  });

  it('goes on while a queue or a table is refused, and tells which', async () => {
    const refused = '403 AuthorizationPermissionMismatch';
    const answers = [
      says({ ...QUEUES, push: refused }, { ...TABLES, Targets: refused }),
      says({ ...QUEUES, push: refused }),
      says(),
    ];
    const { outcome, said, took } = await waitFor(answers);
    expect(outcome).toEqual({ kind: 'ready' });
    expect(said).toEqual([
      `waiting, 0 of 15 minutes: queue push: ${refused}; table Targets: ${refused}`,
      `waiting, 0.3 of 15 minutes: queue push: ${refused}`,
    ]);
    expect(took).toBe(MINUTE / 2);
  });

  it('goes on while the app does not answer, or answers with an error', async () => {
    const broken = new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') });
    const { outcome, said } = await waitFor([broken, { status: 503, json: undefined }, says()]);
    expect(outcome).toEqual({ kind: 'ready' });
    expect(said).toEqual([
      expect.stringContaining('the app: connect ECONNREFUSED'),
      expect.stringContaining('the app: 503 from /api/status'),
    ]);
  });

  it('ends after 15 minutes with what is missing', async () => {
    const { outcome, took } = await waitFor([says({ ...QUEUES, reconcile: '403' })]);
    expect(outcome).toEqual({ kind: 'late', missing: ['queue reconcile: 403'] });
    expect(took).toBe(15 * MINUTE);
  });

  it('does not wait for an app that says nothing about it', async () => {
    const { outcome } = await waitFor([{ status: 200, json: { targets: {} } }]);
    expect(outcome).toMatchObject({ kind: 'unknown' });
  });

  it.each([
    ['closed', 'lets nobody in'],
    ['eventGrid', 'lets in Event Grid only'],
  ])('is left out where inbound is %s', (inbound, reason) => {
    expect(unreachable(outputsFrom({ ...outputs, INBOUND: inbound }))).toContain(reason);
    expect(unreachable(outputsFrom(outputs))).toBeUndefined();
  });
});
