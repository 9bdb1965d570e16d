import { z } from 'zod';
import { ackOrderFor, assertKnown } from '../ack.ts';
import type { Context } from '../command.ts';
import type { QueueOptions, RegistryOptions } from '../connect/flags.ts';
import { sendOrder } from '../run/orders.ts';
import { CliError } from '../terminal/failure.ts';
import { harmless } from '../terminal/text.ts';
import { problemNamed } from './view/found.ts';
import type { World } from './view/world.ts';

const asked = z.strictObject({ problem: z.string().min(1).max(1000), reason: z.string().max(500) });

/**
 * As `vaultcast ack` does it: an order to the app, which alone writes the row. Gives the run's id. Throws CliError for what
 * is no problem now, or cannot be acknowledged.
 */
export async function acknowledge(
  body: unknown,
  world: World,
  options: RegistryOptions & QueueOptions,
  context: Context,
): Promise<string> {
  const { data } = asked.safeParse(body);
  // As the page was told it.
  const problem = problemNamed(world, (name) => harmless(name) === data?.problem);
  if (data === undefined || problem === undefined)
    throw new CliError('there is no such problem any more', 'Look again: it may have gone meanwhile.');
  await assertKnown(options, context);
  const order = ackOrderFor(problem, data.reason, context.io.env);
  await sendOrder(order, await context.openQueue(options, context.io), context.io.signal);
  return order.run;
}
