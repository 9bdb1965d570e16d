import { CliError } from '../terminal/failure.ts';
import type { Io } from '../terminal/io.ts';
import { EXIT } from '../terminal/io.ts';
import { readContextFile } from './file.ts';
import type { ContextFile, Place } from './file.ts';

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

/** Throws CliError: another deployment than the one that was meant would be worse than none. */
export function placeIn({ contexts }: ContextFile, name: string): Place {
  const place = Object.hasOwn(contexts, name) ? contexts[name] : undefined;
  if (place !== undefined) return place;
  const names = Object.keys(contexts);
  const known = names.length === 0 ? 'There are none yet' : `There are ${names.join(', ')}`;
  throw new CliError(
    `there is no context ${name}`,
    `${known}. A new one: vaultcast context set ${name} --registry-account NAME`,
    EXIT.usage,
  );
}

/** The same in the words of the environment, by which every command reads it. */
function settingsOf({ registry, storage, vaults, instance }: Place): Record<string, string> {
  const aliases = Object.entries(vaults ?? {}).map(([alias, url]) => `${alias}=${url}`);
  return {
    REGISTRY__tableServiceUri: registry,
    ...(storage === undefined ? {} : { AzureWebJobsStorage__queueServiceUri: storage }),
    ...(aliases.length === 0 ? {} : { VAULTS: aliases.join(',') }),
    ...(instance === undefined ? {} : { INSTANCE: instance }),
  };
}
