import type { Ports, Settings } from '../ports.ts';
import { reconcileShard } from '../reconcile/shard.ts';
import { reconcileMessage } from '../retry/message.ts';
import { misfit, originOf, refuseMessage } from '../retry/received.ts';
import { isAhead } from '../status/run.ts';
import { acknowledge } from './ack.ts';
import { checkClusters } from './check.ts';
import { pushNow } from './push.ts';

/**
 * One message of the queue `reconcile`: a shard of a run, or something a person asked for with the `vaultcast` command.
 * Commands run here, with the app's identity and network, so that a person needs neither; results stand in `Runs`.
 */
export async function onReconcileMessage(
  body: unknown,
  ports: Ports,
  settings: Settings,
  origin = originOf('reconcile', body),
): Promise<void> {
  const parsed = reconcileMessage.safeParse(body);
  if (!parsed.success) return refuseMessage(ports, origin, misfit(parsed.error));
  const { data } = parsed;
  if (isAhead(data.run, ports.clock.now()))
    return refuseMessage(ports, origin, `it names a run of the future, ${data.run}`);
  if (data.kind === 'shard' || data.kind === 'reconcile') return reconcileShard(data, ports, settings);
  if (data.kind === 'check') return checkClusters(data, ports);
  if (data.kind === 'ack') return acknowledge(data, ports);
  return pushNow(data, ports, settings);
}
