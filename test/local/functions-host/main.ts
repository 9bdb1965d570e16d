// The Azure Functions host, as far as the app needs it, for the built bundles: triggers, bindings, retries and poison
// queues of the real one, on plain storage, without Core Tools. Configured by the environment, like a function app.
//
//   main.ts --app FOLDER --port PORT     (0: any free port)
//
// It says `{"ready":true,"port":PORT}` on stdout once it serves, ends at SIGTERM, and ends when its stdin does.
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startPlatform } from './groups/platform.ts';
import type { Platform } from './groups/platform.ts';
import { createHostServer } from './http/server.ts';
import { indexFunctions } from './index-functions.ts';
import { pause } from './pause.ts';
import { readHostJson } from './settings/host-json.ts';
import { knobsOf } from './settings/knobs.ts';
import { startWorker } from './worker/process.ts';

const { values } = parseArgs({ options: { app: { type: 'string' }, port: { type: 'string' } } });
if (values.app === undefined || values.port === undefined) throw new Error('--app and --port are missing');

// A test that dies must not leave its hosts behind.
process.stdin.once('end', () => process.exit(1)).resume();

async function start(app: string): Promise<Platform> {
  const { env } = process;
  const worker = startWorker(app, env);
  const knobs = knobsOf(env);
  const [settings, registered] = await Promise.all([readHostJson(app, env), worker.functions]);
  const functions = indexFunctions(registered, env);
  return startPlatform({ app, env, settings, knobs }, functions, worker, () => {
    // Where all functions share one host, its end is the end of the process; nobody here starts another.
    if (knobs.groups === 'one') process.exit(0);
  });
}

async function serve(platform: Platform, port: number): Promise<Server> {
  if (platform.knobs.groups === 'one') await platform.ready;
  const server = createHostServer(platform);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const { port: actual } = server.address() as AddressInfo;
  const functions = platform.functions.map(({ name }) => name);
  process.stdout.write(`${JSON.stringify({ ready: true, port: actual, functions })}\n`);
  return server;
}

const ANSWERS_LEAVE_MS = 1000;

const platform = await start(resolve(values.app));
// Whoever reads that it is ready may end it at once.
const terminated = once(process, 'SIGTERM');
const server = await serve(platform, Number(values.port));
await terminated;
const closed = once(server, 'close');
server.close();
await platform.stop();
await Promise.race([closed, pause(ANSWERS_LEAVE_MS, new AbortController().signal)]);
process.exit(0);
