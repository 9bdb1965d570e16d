import type { Ports } from '../../shared/ports.ts';
import type { ReconcileMessage } from '../../shared/retry/message.ts';
import { NO_CLUSTER } from '../../shared/status/target.ts';
import type { RunStatus } from '../../shared/status/run.ts';
import { createFakeStatus } from '../support/fakes/status.ts';
import type { FakeStatus } from '../support/fakes/status.ts';

interface Doing {
  queue: Pick<Ports['queue'], 'reconcile'>;
  status: FakeStatus;
  sent: ReconcileMessage[];
}

export function aRun(overrides: Partial<RunStatus> = {}): RunStatus {
  const counts = overrides.counts ?? {};
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return {
    cluster: 'weu-1',
    run: '20261121T101500Z-3fa9c1aa',
    kind: 'reconcile',
    scope: '',
    state: 'done',
    startedAt: 1_795_000_000_000,
    finishedAt: 1_795_000_004_000,
    done: total,
    total,
    counts,
    lines: [],
    app: undefined,
    ...overrides,
  };
}

/** An app that does what it is told at once: each cluster of a message gets a row. */
export function appDoing(
  result: (about: { cluster: string; message: ReconcileMessage }) => Partial<RunStatus>,
  afterwards: () => void = () => {},
): Doing {
  const status = createFakeStatus();
  const sent: ReconcileMessage[] = [];
  const queue: Pick<Ports['queue'], 'reconcile'> = {
    async reconcile(message, _delayMs, signal) {
      sent.push(message);
      const clusters = 'clusters' in message ? message.clusters : [NO_CLUSTER];
      for (const cluster of clusters)
        await status.saveRun(aRun({ run: message.run, ...result({ cluster, message }), cluster }), signal);
      afterwards();
    },
  };
  return { queue, status, sent };
}
