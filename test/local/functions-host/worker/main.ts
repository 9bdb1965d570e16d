// The process that runs the app's code, as the Node worker of the real host: it loads the bundles, says what they
// registered, and runs what the host asks for. It knows no queue, no timer and no port.
import { glob, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { installCore, runHooks } from './core.ts';
import { invoke } from './invoke.ts';
import type { FromWorker, Invocation, InvocationResponse, ToWorker } from './messages.ts';

async function loadBundles(app: string): Promise<void> {
  const { main } = JSON.parse(await readFile(join(app, 'package.json'), 'utf8')) as { main: string };
  const files: string[] = [];
  for await (const file of glob(main, { cwd: app })) files.push(file);
  if (files.length === 0) throw new Error(`no file matches "main" of package.json: ${main}`);
  for (const file of files.toSorted()) await import(pathToFileURL(join(app, file)).href);
}

const noData = { hookData: {}, appHookData: {} };
const registrations = installCore();

const tell = (message: FromWorker): void => void process.send?.(message);

async function run({ name, input, triggerMetadata }: Invocation): Promise<InvocationResponse> {
  const fn = registrations.functions.get(name);
  if (!fn) throw new Error(`the app registered no function ${name}`);
  return invoke(registrations, fn, input, triggerMetadata);
}

async function end(): Promise<void> {
  await runHooks(registrations, 'appTerminate', noData);
  process.exit(0);
}

function obey(message: ToWorker): void {
  if (message.kind === 'end') return void end();
  const { id, invocation } = message;
  run(invocation).then(
    (response) => tell({ kind: 'done', id, response }),
    (error: unknown) => tell({ kind: 'failed', id, stack: (error as Error).stack ?? String(error) }),
  );
}

// A host that dies must not leave its workers behind.
process.once('disconnect', () => process.exit(1));

const { values } = parseArgs({ options: { app: { type: 'string', default: '' } } });
await loadBundles(resolve(values.app));
await runHooks(registrations, 'appStart', noData);
process.on('message', (message) => obey(message as ToWorker));
const functions = [...registrations.functions.values()];
tell({
  kind: 'indexed',
  functions: functions.map(({ name, bindings, trigger }) => ({ name, bindings, trigger })),
});
