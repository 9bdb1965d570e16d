import type { RunStatus } from '../../../shared/status/run.ts';
import { NO_CLUSTER, type TargetStatus } from '../../../shared/status/target.ts';
import type { Ports } from '../../../shared/ports.ts';
import type { ReconcileMessage } from '../../../shared/retry/message.ts';
import { anyway } from '../../support/anyway.ts';
import { stored } from '../../support/documents.ts';
import { createFakeKeyVault } from '../../support/fakes/key-vault.ts';
import { fakeRegistry } from '../../support/fakes/registry.ts';
import { createFakeStatus } from '../../support/fakes/status.ts';
import type { Served } from './visit.ts';

const signal = new AbortController().signal;

interface Given {
  documents?: readonly unknown[];
  rows?: readonly TargetStatus[];
  runs?: readonly RunStatus[];
}

/** Tables, a vault and a queue in memory, and how a dashboard opens them. */
export async function aWorld({ documents = [], rows = [], runs = [] }: Given) {
  const [status, registry] = [createFakeStatus(), fakeRegistry(...documents.map(stored))];
  await status.saveTargets(anyway(rows), signal);
  for (const run of runs) await status.saveRun(run, signal);
  const vault = createFakeKeyVault({ vaults: ['team'] });
  const sent: ReconcileMessage[] = [];
  const queue: Pick<Ports['queue'], 'reconcile'> = { reconcile: async (message) => void sent.push(message) };
  const connections: Served['connections'] = {
    openRegistry: async () => registry,
    openStatus: async () => status,
    openVault: async () => vault,
    openQueue: async () => queue,
  };
  return { status, registry, vault, sent, connections };
}

/** As a run of the app leaves it, so that orders know the app's version. */
export const appRun = (run: RunStatus): RunStatus => ({ ...run, cluster: NO_CLUSTER, app: '0.2.0' });
