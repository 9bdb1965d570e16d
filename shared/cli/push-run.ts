import type { Context } from './command.ts';
import type { ExitCode } from './terminal/io.ts';
import type { PushOptions } from './push.ts';
import { readRegistry } from './connect/registry.ts';
import { carryOutRun } from './run/run.ts';
import { pushOrder } from './run/orders.ts';
import { oneSecret } from './terminal/words.ts';

export async function push(text: string, options: PushOptions, context: Context): Promise<ExitCode> {
  const { routes } = await readRegistry(options, context);
  const { vault, name } = oneSecret(text, routes);
  const { acceptOlder = false, removeNow = false } = options;
  const order = pushOrder({ vault, secret: name, acceptOlder, removeNow });
  return carryOutRun([order], options, context);
}
