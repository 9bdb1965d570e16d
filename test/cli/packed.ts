import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildCli, buildSchema } from '../../infra/build.ts';
import { keptCode } from '../support/children.ts';

const root = join(import.meta.dirname, '../..');

export interface Executed {
  code: number;
  out: string;
  err: string;
}

/** Runs a program to its end, with nothing of this process's environment but the PATH. */
export function execute(
  file: string,
  args: readonly string[],
  options: { cwd: string; stdin?: string; env?: object },
): Promise<Executed> {
  return new Promise((resolve) => {
    const { cwd, stdin = '' } = options;
    const env = { PATH: process.env['PATH'], ...keptCode(), HOME: cwd, ...options.env };
    const child = execFile(file, args, { cwd, env }, (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
    );
    child.stdin?.end(stdin);
  });
}

export interface PackedCommand {
  /** A folder of its own; below it `source` and `target`. */
  place: string;
  /** What the archive holds, unpacked where no node_modules of ours is near. */
  installed: string;
  /** The file that `vaultcast` on a PATH would be. */
  entry: string;
  remove(): Promise<void>;
}

/** What `npm pack` takes. */
export async function packCommand(): Promise<PackedCommand> {
  const place = await mkdtemp(join(tmpdir(), 'vaultcast-pack-'));
  const [source, target] = [join(place, 'source'), join(place, 'target')];
  await mkdir(target, { recursive: true });
  await cp(join(root, 'package.json'), join(source, 'package.json'));
  await Promise.all([buildCli(join(source, 'dist')), buildSchema(join(source, 'dist'))]);
  await execute('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', target], {
    cwd: source,
  });
  const [archive = 'no archive'] = await readdir(target);
  await execute('tar', ['-xzf', archive], { cwd: target });
  const installed = join(target, 'package');
  return {
    place,
    installed,
    entry: join(installed, 'dist/cli/vaultcast.js'),
    remove: () => rm(place, { recursive: true, force: true }),
  };
}
