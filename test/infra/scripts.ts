import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { INFRA } from './bicep/file.ts';
import { keptCode } from '../support/children.ts';
import type { World } from './az/world.ts';

interface Ended {
  status: number;
  stdout: string;
  stderr: string;
}

/** A folder with stand-ins of commands, first on the PATH of what runs there. */
export interface Bench {
  folder: string;
  /** The Azure CLI of this world. */
  az(world: World): void;
  /** A command made of lines of sh. */
  command(name: string, script: string): void;
  /** Arguments of each call of `az` so far. */
  calls(): string[][];
  /** Runs a program of infra/ as npm and azd do: with nothing but this environment. */
  run(script: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<Ended>;
  /** Runs lines of sh there. */
  shell(script: string, env: Readonly<Record<string, string>>): Promise<Ended>;
  remove(): void;
}

const AZ = join(import.meta.dirname, 'az/az.ts');

export function openBench(): Bench {
  const folder = mkdtempSync(join(tmpdir(), 'vaultcast-bench-'));
  const [world, log] = [join(folder, 'world.json'), join(folder, 'az.log')];
  const command = (name: string, script: string): void => {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  };
  const execute = (
    file: string,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
  ): Promise<Ended> =>
    new Promise((resolve) => {
      const all = { ...env, ...keptCode(), PATH: [folder, process.env['PATH']].join(delimiter) };
      execFile(file, args, { env: all, cwd: join(INFRA, '..') }, (error, stdout, stderr) => {
        resolve({ status: error === null ? 0 : Number(error.code ?? 1), stdout, stderr });
      });
    });
  return {
    folder,
    az: (told) => {
      writeFileSync(world, JSON.stringify(told));
      command('az', `AZ_WORLD='${world}' AZ_LOG='${log}' exec '${process.execPath}' '${AZ}' "$@"`);
    },
    command,
    calls: () =>
      existsSync(log)
        ? readFileSync(log, 'utf8')
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line) as string[])
        : [],
    run: (script, args, env) => execute(process.execPath, [join(INFRA, script), ...args], env),
    shell: (script, env) => execute('sh', ['-eu', '-c', script], env),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
