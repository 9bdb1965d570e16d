import { setTimeout as sleep } from 'node:timers/promises';
import { logLine } from '../log.ts';
import { sendOutputs } from '../queue/outputs.ts';
import type { HostSettings } from '../settings/host-json.ts';
import type { Knobs } from '../settings/knobs.ts';
import type { IndexedFunction, InvocationResponse, TypedData } from '../worker/messages.ts';
import { startWorker } from '../worker/process.ts';
import type { Worker } from '../worker/process.ts';
import { createCrew } from './crew.ts';
import type { Crew } from './crew.ts';
import { isHttp } from './names.ts';
import { withinTime } from './time-limit.ts';
import { trackWork } from './work.ts';

/** What all instances of an app have in common. */
export interface Deployment {
  /** Folder with package.json, host.json and the bundles. */
  app: string;
  env: NodeJS.ProcessEnv;
  settings: HostSettings;
  knobs: Knobs;
}

/** One instance of a group: the host's part, which listens, and a worker, which is started by the first trigger. */
export interface Instance extends Deployment {
  /** Runs a function and sends its outputs; rejects when either fails, and has then logged why. */
  execute(
    fn: IndexedFunction,
    input: TypedData,
    triggerMetadata?: Record<string, TypedData>,
  ): Promise<TypedData | null | undefined>;
  /** Ends the instance because of something that nobody handled. */
  fall(error: unknown): void;
  /** Aborted once it takes nothing more: it was stopped, or fell. */
  ending: AbortSignal;
  /** Resolves when nothing runs any more. */
  idle(): Promise<void>;
  /** Resolves when what still runs has had its time: more of it, while a request is being answered. */
  patience(): Promise<void>;
  /** Ends the worker, and with it whatever still runs. */
  end(): Promise<void>;
  /** Aborted once it has ended: nothing that it began is concluded any more. */
  over: AbortSignal;
}

export type Execution = Parameters<Instance['execute']>;

/** Outputs are the host's to send: the worker knows their names, not the queues that app settings make of them. */
async function run(
  { env, settings }: Deployment,
  crew: Crew,
  ...[fn, input, triggerMetadata = {}]: Execution
): Promise<InvocationResponse> {
  const { name } = fn;
  const { functionTimeout: limitMs, queues } = settings;
  const work = crew.worker().invoke({ name, input, triggerMetadata });
  const restart = (): void => crew.restart();
  const response = await (limitMs === undefined ? work : withinTime(work, { name, limitMs, restart }));
  await sendOutputs(fn, response, queues.messageEncoding, env);
  return response;
}

async function executed(name: string, running: Promise<InvocationResponse>) {
  try {
    return (await running).returnValue;
  } catch (error) {
    // The real host puts the exception and its stack into its own log, so secrets in errors would leave here, too.
    logLine(`Executed 'Functions.${name}' (Failed): ${(error as Error).stack}`);
    throw error;
  }
}

/** @param first a worker that runs already: it has told what functions there are */
export function createInstance(deployment: Deployment, stop: AbortSignal, first?: Worker): Instance {
  const { app, env, knobs } = deployment;
  const [fallen, over] = [new AbortController(), new AbortController()];
  const [all, requests] = [trackWork(), trackWork()];
  const crew = createCrew(
    () => startWorker(app, env),
    () => fallen.abort(),
    first,
  );
  return {
    ...deployment,
    ending: AbortSignal.any([stop, fallen.signal]),
    execute(...execution) {
      const [fn] = execution;
      const running = executed(fn.name, run(deployment, crew, ...execution));
      return all.track(isHttp(fn) ? requests.track(running) : running);
    },
    fall(error) {
      if (fallen.signal.aborted) return;
      logLine(`An unhandled exception has occurred. Host is shutting down. ${String(error)}`);
      fallen.abort();
    },
    idle: () => all.idle(),
    patience: () =>
      sleep(requests.count() > 0 ? 2 * knobs.drainMs : knobs.drainMs, undefined, { ref: false }),
    over: over.signal,
    async end() {
      over.abort();
      await crew.end();
    },
  };
}
