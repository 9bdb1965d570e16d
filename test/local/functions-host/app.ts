import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { installCore, runHooks } from './worker/core.ts';
import type { RegisteredFunction, Registrations, TypedData } from './worker/core.ts';
import { invoke } from './worker/invoke.ts';
import { sendOutputs } from './queue/outputs.ts';
import { isDisabled, readHostJson, resolveSettings } from './settings/host-json.ts';
import type { HostSettings } from './settings/host-json.ts';

/** A loaded app: everything that the listeners of the different triggers share. */
export interface Host {
  env: NodeJS.ProcessEnv;
  settings: HostSettings;
  functions: RegisteredFunction[];
  /** Runs a function and sends its outputs; rejects when either fails, and has then logged why. */
  execute(
    fn: RegisteredFunction,
    input: TypedData,
    triggerMetadata?: Record<string, TypedData>,
  ): Promise<TypedData | null | undefined>;
  /** Resolves when nothing runs any more. */
  idle(): Promise<void>;
  terminate(): Promise<void>;
}

async function loadBundles(app: string): Promise<void> {
  const { main } = JSON.parse(await readFile(join(app, 'package.json'), 'utf8')) as { main: string };
  const files: string[] = [];
  for await (const file of glob(main, { cwd: app })) files.push(file);
  if (files.length === 0) throw new Error(`no file matches "main" of package.json: ${main}`);
  for (const file of files.toSorted()) await import(pathToFileURL(join(app, file)).href);
}

/** Only these options may refer to app settings; a handler's own texts stay as they are. */
function withSettings(fn: RegisteredFunction, env: NodeJS.ProcessEnv): RegisteredFunction {
  for (const binding of Object.values(fn.bindings)) {
    for (const option of ['queueName', 'schedule', 'route']) {
      const value = binding[option];
      if (typeof value === 'string') binding[option] = resolveSettings(value, env);
    }
  }
  return fn;
}

async function execute(
  app: Registrations,
  { env, settings }: Pick<Host, 'env' | 'settings'>,
  ...[fn, input, triggerMetadata]: Parameters<Host['execute']>
): Promise<TypedData | null | undefined> {
  try {
    const response = await invoke(app, fn, input, triggerMetadata);
    await sendOutputs(fn, response, settings.queues.messageEncoding, env);
    return response.returnValue;
  } catch (error) {
    // The real host puts the exception and its stack into its own log, so secrets in errors would leave here, too.
    process.stderr.write(`Executed 'Functions.${fn.name}' (Failed): ${(error as Error).stack}\n`);
    throw error;
  }
}

/** Remembers what runs until it has ended. */
function trackWork(): { track: <T>(work: Promise<T>) => Promise<T>; idle: () => Promise<void> } {
  const running = new Set<Promise<unknown>>();
  const track = <T>(work: Promise<T>): Promise<T> => {
    running.add(work);
    const forget = (): void => void running.delete(work);
    work.then(forget, forget);
    return work;
  };
  const idle = async (): Promise<void> => {
    while (running.size > 0) await Promise.allSettled(running);
  };
  return { track, idle };
}

/** Loads the built bundles of the app folder and collects what they register. */
export async function loadApp(app: string, env: NodeJS.ProcessEnv): Promise<Host> {
  const settings = await readHostJson(app, env);
  const registrations = installCore();
  await loadBundles(app);
  await runHooks(registrations, 'appStart', { hookData: {}, appHookData: {} });
  const functions = [...registrations.functions.values()]
    .filter(({ name }) => !isDisabled(name, env))
    .map((fn) => withSettings(fn, env));
  const { track, idle } = trackWork();
  return {
    env,
    settings,
    functions,
    execute: (...invocation) => track(execute(registrations, { env, settings }, ...invocation)),
    idle,
    terminate: () => runHooks(registrations, 'appTerminate', { hookData: {}, appHookData: {} }),
  };
}
