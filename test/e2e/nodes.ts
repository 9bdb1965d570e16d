import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { cacheFolder, fillOnce } from './cache.ts';

interface Manifest {
  engines: { node: string };
  devDependencies: { node: string };
}

const root = join(import.meta.dirname, '../..');
const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as Manifest;

/** What package.json promises, as a full version: `>=22.19` is 22.19.0. */
const oldest = `${manifest.engines.node.replace('>=', '')}.0`;

/** The Nodes that the packed command must run on: the oldest that is promised, the project's own, the newest LTS. */
export const SUPPORTED: readonly string[] = [oldest, manifest.devDependencies.node, '26.10.0'];

/** What people still have: the last that had its end of life, and the one just below the promise. */
export const TOO_OLD: readonly string[] = ['20.19.0', '22.18.0'];

/** The program of a Node version: npm's package of it for this machine, kept in the cache. */
export async function nodeProgram(version: string): Promise<string> {
  const name = `node-${process.platform}-${process.arch}`;
  const folder = join(cacheFolder(process.env), `${name}-${version}`);
  const program = join(folder, 'node_modules', name, 'bin/node');
  const log = (line: string): void => void process.stderr.write(`e2e: ${line}\n`);
  await fillOnce(folder, [program], log, async (work) => {
    const what = [
      'install',
      '--no-save',
      '--no-audit',
      '--no-fund',
      '--ignore-scripts',
      `${name}@${version}`,
    ];
    await promisify(execFile)('npm', [...what, '--prefix', work]);
  });
  return program;
}
