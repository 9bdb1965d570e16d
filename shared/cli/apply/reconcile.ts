import type { RegistryPlan } from '../../registry/plan.ts';
import type { ApplyOptions } from './apply.ts';
import { ordersFor } from './orders.ts';
import type { Context } from '../command.ts';
import { reasonOf } from '../terminal/failure.ts';
import type { ExitCode } from '../terminal/io.ts';
import { EXIT, note, say } from '../terminal/io.ts';
import { carryOutRun } from '../run/run.ts';
import { sendOrder } from '../run/orders.ts';

const TIMEOUT_MS = 20 * 60_000;

/** The registry says it already, so nothing here undoes that: at worst the app's timer does it later. */
export async function reconcileAfter(
  plan: RegistryPlan,
  options: ApplyOptions,
  context: Context,
): Promise<ExitCode> {
  const orders = ordersFor(plan);
  if (options.reconcile === false || orders.length === 0) return EXIT.ok;
  if (options.wait === true)
    return carryOutRun(orders, { ...options, wait: true, timeout: TIMEOUT_MS, output: 'table' }, context);
  const { io } = context;
  try {
    const queue = await context.openQueue(options, io);
    for (const order of orders) await sendOrder(order, queue, io.signal);
    say(
      io,
      `Reconcile started; what becomes of it: vaultcast get runs ${orders.map(({ run }) => run).join(' ')}`,
    );
  } catch (error) {
    if (io.signal.aborted) throw error;
    note(io, `No reconcile was started (${reasonOf(error)}): the app's timer brings it about.`);
  }
  return EXIT.ok;
}
