import type { Context } from './command.ts';
import type { ExitCode } from './io.ts';
import type { PushOptions } from './push.ts';
import { readRegistry } from './registry-view.ts';
import { carryOutRun } from './run-command.ts';
import { pushOrder } from './run-order.ts';
import { oneSecret } from './secret-word.ts';

export async function push(text: string, options: PushOptions, context: Context): Promise<ExitCode> {
  const { routes } = await readRegistry(options, context);
  const { vault, name } = oneSecret(text, routes);
  const { acceptOlder = false, removeNow = false } = options;
  const order = pushOrder({ vault, secret: name, acceptOlder, removeNow });
  return carryOutRun([order], options, context);
}
