import type { Context } from '../command.ts';
import type { QueueOptions, RegistryOptions } from '../connect/flags.ts';
import type { OutputOptions } from '../output/format.ts';
import { isForPeople } from '../output/format.ts';
import { reasonOf } from '../terminal/failure.ts';
import type { ExitCode } from '../terminal/io.ts';
import { EXIT, note, say } from '../terminal/io.ts';
import type { Order } from './orders.ts';
import { sendOrder } from './orders.ts';
import { runInApp } from './run.ts';
import { signed } from './signed.ts';

/** Of commands that have the app look at what they changed. */
interface AfterwardsOptions extends RegistryOptions, QueueOptions, Partial<OutputOptions> {
  reconcile?: boolean;
  wait?: boolean;
}

const TIMEOUT_MS = 20 * 60_000;

/** What was changed stays, whatever becomes of this: at worst the app's timer looks at it later. */
export async function reconcileAfterwards(
  orders: readonly Order[],
  options: AfterwardsOptions,
  context: Context,
): Promise<ExitCode> {
  if (options.reconcile === false || orders.length === 0) return EXIT.ok;
  if (options.wait === true)
    return runInApp(orders, { ...options, wait: true, timeout: TIMEOUT_MS, output: 'table' }, context);
  const { io } = context;
  try {
    const queue = await context.openQueue(options, io);
    const status = await context.openStatus(options, io);
    for (const order of await signed(orders, status, io)) await sendOrder(order, queue, io.signal);
    const runs = orders.map(({ run }) => run).join(' ');
    const tell = isForPeople(options.output ?? 'table') ? say : note;
    tell(io, `Reconcile started; what becomes of it:\n  vaultcast get runs ${runs}`);
  } catch (error) {
    if (io.signal.aborted) throw error;
    note(io, `No reconcile was started (${reasonOf(error)}): the app's timer brings it about.`);
  }
  return EXIT.ok;
}
