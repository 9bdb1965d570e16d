import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readContextFile, writeContextFile } from '../context/file.ts';
import { CliError } from '../terminal/failure.ts';
import type { Io } from '../terminal/io.ts';
import type { Deployment } from './discover.ts';

/**
 * Writes the documents into the folder, and the context, which becomes the current one.
 * @returns what was written, a line each
 * @throws CliError before anything is written, where something of another content stands already
 */
export async function writeAll(
  folder: string,
  files: ReadonlyMap<string, string>,
  name: string,
  deployment: Deployment,
  io: Io,
): Promise<string[]> {
  const { contexts } = await readContextFile(io.env);
  const before = Object.hasOwn(contexts, name) ? contexts[name] : undefined;
  if (before !== undefined && before.registry !== deployment.registry)
    throw new CliError(`there is a context ${name} of another deployment`, 'Give another --name.');
  const paths = [...files].map(([file, text]) => ({ path: join(folder, file), text }));
  const there = paths.filter(({ path }) => existsSync(path)).map(({ path }) => path);
  if (there.length > 0)
    throw new CliError(`there is already ${there.join(', ')}`, 'Give another --folder, or move it away.');
  if (paths.length > 0) await mkdir(folder, { recursive: true });
  for (const { path, text } of paths) await writeFile(path, text, { flag: 'wx' });
  const all = { ...contexts, [name]: { ...before, ...placeOf(deployment) } };
  const file = await writeContextFile(io.env, { currentContext: name, contexts: all });
  return [
    ...paths.map(({ path }) => `Wrote ${path}.`),
    `Wrote context ${name} to ${file}; it is the current one.`,
  ];
}

function placeOf({ registry, storage, vaults, instance }: Deployment) {
  return {
    registry,
    ...(storage === undefined ? {} : { storage }),
    ...(vaults.size === 0 ? {} : { vaults: Object.fromEntries(vaults) }),
    ...(instance === undefined ? {} : { instance }),
  };
}
