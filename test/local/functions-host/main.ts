// The Azure Functions host, as far as the app needs it, for the built bundles: triggers, bindings, retries and poison
// queues of the real one, on plain storage, without Core Tools. Configured by the environment, like a function app.
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { loadApp } from './app.ts';
import type { Host } from './app.ts';
import { createTriggerQueue, listenToQueue } from './queue/listener.ts';
import { createHostServer } from './http/server.ts';
import { keepSchedule } from './timer/listener.ts';

const DRAIN_MS = 10_000;

function startListeners(host: Host, stop: AbortSignal): Promise<void>[] {
  return host.functions.flatMap((fn) => {
    if (fn.trigger.type === 'queueTrigger') return [listenToQueue(host, fn, stop)];
    if (fn.trigger.type === 'timerTrigger') return [keepSchedule(host, fn, stop)];
    return [];
  });
}

async function start(app: string): Promise<void> {
  const host = await loadApp(app, process.env);
  const queueFunctions = host.functions.filter(({ trigger }) => trigger.type === 'queueTrigger');
  await Promise.all(queueFunctions.map((fn) => createTriggerQueue(host, fn)));
  const server = createHostServer(host);
  server.listen(Number(process.env['PORT'] ?? 0), '127.0.0.1');
  await once(server, 'listening');
  const stop = new AbortController();
  const listeners = startListeners(host, stop.signal);
  const { port } = server.address() as AddressInfo;
  process.stdout.write(
    `${JSON.stringify({ ready: true, port, functions: host.functions.map(({ name }) => name) })}\n`,
  );

  await once(process, 'SIGTERM');
  stop.abort();
  server.close();
  const drained = Promise.all([...listeners, host.idle(), once(server, 'close')]);
  await Promise.race([drained, sleep(DRAIN_MS)]);
  await host.terminate();
  process.exit(0);
}

// A test that dies must not leave its hosts behind; without a channel to a parent this never happens.
process.once('disconnect', () => process.exit(1));

const { values } = parseArgs({
  options: { app: { type: 'string', default: resolve(import.meta.dirname, '../../..') } },
});
await start(resolve(values.app));
