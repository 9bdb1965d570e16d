import type { Io } from '../terminal/io.ts';
import { placeIn, readContextFile, settingsOf } from './file.ts';

type Environment = Io['env'];

/** Settings that say which deployment is meant. */
const DEPLOYMENT = /^(?:REGISTRY|AzureWebJobsStorage)(?:__|$)/;

interface Asked {
  /** The flag `--at`. */
  at?: string | undefined;
  /** A flag says where the registry is. */
  registryGiven: boolean;
}

/**
 * The environment as the context completes it. A context counts whole or not at all, for orders must never go to the queues of
 * one deployment while the registry is that of another: one that nobody named yields to any setting or flag of a registry or
 * a queue. One that was named replaces them. Throws CliError when there is none of that name.
 */
export async function inContext(env: Environment, asked: Asked): Promise<Environment> {
  const named = asked.at ?? (env['VAULTCAST_CONTEXT'] || undefined);
  if (named === undefined && (asked.registryGiven || Object.keys(env).some((key) => isGiven(env, key))))
    return env;
  const file = await readContextFile(env);
  if (named === undefined) {
    const { currentContext } = file;
    return currentContext === undefined ? env : { ...settingsOf(placeIn(file, currentContext)), ...env };
  }
  const others = Object.entries(env).filter(([key]) => !DEPLOYMENT.test(key));
  return { ...Object.fromEntries(others), ...settingsOf(placeIn(file, named)) };
}

function isGiven(env: Environment, key: string): boolean {
  return DEPLOYMENT.test(key) && (env[key] ?? '') !== '';
}
