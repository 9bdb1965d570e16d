import { readdir } from 'node:fs/promises';
import { basename } from 'node:path';
import type { InvocationContext } from '@azure/functions';
import { vi } from 'vitest';
import type * as Real from '../../shared/app.ts';
import { unheededDocuments } from '../../shared/adapters/storage/registry/ruled.ts';
import { settingProblem } from '../../shared/status/problem.ts';
import { NEVER } from '../../shared/time.ts';
import { config } from '../support/environment.ts';
import type { World } from '../support/world.ts';

type Handler = (input: unknown, context: InvocationContext) => Promise<unknown>;

/** The functions as the app registers them, by name. */
export interface Functions {
  names: string[];
  /** Calls one over the fakes of a world; what it writes to its context goes to `lines`. */
  call(name: string, world: World, input: unknown, lines?: string[]): Promise<unknown>;
}

type App = Parameters<Parameters<typeof Real.inInvocation>[1]>[0];

/** What a function takes of the app; `readiness` asks as the real one does, for each thing at once. */
function appOf({ ports, settings }: World): Omit<App, 'config'> {
  return {
    ports,
    settings,
    unheeded: async () => {
      const found = await unheededDocuments(ports.registry, config(), NEVER);
      return found.map(({ about, message }) => settingProblem(about, message));
    },
    readiness: async () => {
      await Promise.all([ports.queue.lengths(NEVER), ports.status.runs('-', NEVER)]);
      return { queues: {}, tables: {} };
    },
    ownerRefusal: () => undefined,
  };
}

function contextOf(lines: string[]): InvocationContext {
  const write = (line: string): void => void lines.push(line);
  return { info: write, warn: write, error: write, triggerMetadata: {} } as unknown as InvocationContext;
}

/**
 * Loads all trigger files with the wrapper that the app itself has around each invocation. The environment must be one that
 * the app takes.
 */
export async function registeredFunctions(): Promise<Functions> {
  const handlers = new Map<string, Handler>();
  const note = (name: string, { handler }: { handler: Handler }): void => void handlers.set(name, handler);
  let current: World | undefined;
  vi.doMock('@azure/functions', () => ({
    app: { eventGrid: note, http: note, storageQueue: note, timer: note },
  }));
  vi.doMock('../../shared/app.ts', async (original) => {
    const real = await original<typeof Real>();
    const inInvocation: typeof real.inInvocation = (context, work) =>
      real.inInvocation(context, (app) => work(current === undefined ? app : { ...app, ...appOf(current) }));
    return { ...real, inInvocation };
  });
  for (const file of await readdir(new URL('../../functions', import.meta.url)))
    await import(`../../functions/${basename(file, '.ts')}.ts`);
  return {
    names: [...handlers.keys()].toSorted(),
    call: async (name, world, input, lines = []) => {
      current = world;
      return handlers.get(name)?.(input, contextOf(lines));
    },
  };
}
