import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** The first hour of somebody new: what the README says, and what that prints, run as it stands and nothing else. */

const ROOT = join(import.meta.dirname, '../../..');
const PATIENCE = { timeout: 240_000 };

/** The lines of the first block of commands below a heading. */
function blockBelow(heading: string): string[] {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const [, below = ''] = readme.split(`\n${heading}\n`);
  return (/```sh\n(.*?)```/s.exec(below)?.[1] ?? '').trim().split('\n');
}

function sh(script: string): Promise<{ status: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile('sh', ['-eu', '-c', script], { cwd: ROOT, maxBuffer: 1 << 24 }, (error, stdout, stderr) =>
      resolve({ status: error === null ? 0 : Number(error.code ?? 1), stdout, stderr }),
    );
  });
}

/** Commands that are printed below a sentence, each on its line or, with a backslash, on two. */
const commandsIn = (printed: string): string[] =>
  [...printed.matchAll(/^ {2}((?:curl|export|npx) (?:.*\\\n)*.*)$/gm)].map(([, command = '']) => command);

describe('the README', () => {
  it('has two commands to see it, and the second one ends well', PATIENCE, async () => {
    expect(blockBelow('## See it')).toEqual(['npm ci', 'npm run demo']);
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const demo = /&& (node test\/\S+)$/.exec(scripts['demo'] ?? '')?.[1] ?? '';
    const started = Date.now();
    const ran = await sh(demo);
    console.log(
      `the demo took ${Math.round((Date.now() - started) / 1000)} s, without installation and build`,
    );
    expect(ran).toMatchObject({ status: 0 });
    expect(ran.stdout).toContain('postgres972');
  });
});

describe('npm run local', () => {
  let playground: ChildProcess;
  let printed = '';
  beforeAll(async () => {
    playground = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (playground.stdout === null) throw new Error('no output');
    const lines = createInterface(playground.stdout);
    await new Promise<void>((resolve, reject) => {
      playground.once('exit', () => reject(new Error('it ended by itself')));
      lines.on('line', (line) => {
        printed += `${line}\n`;
        if (line.startsWith('The log of the functions follows')) resolve();
      });
    });
  }, 120_000);
  afterAll(async () => {
    const ended = new Promise((resolve) => void playground.once('exit', resolve));
    playground.kill('SIGINT');
    await ended;
  });

  it(
    'prints commands that rotate a secret, show it, and look at everything, as they stand',
    PATIENCE,
    async () => {
      const commands = commandsIn(printed);
      expect(commands.length).toBeGreaterThan(9);
      const script = commands.map((one) => {
        const typed = one.replace(/^curl /, 'curl --silent --show-error --fail-with-body ');
        // A check finds what the guide says of these clusters; that something differs is an answer, too.
        return one.startsWith('npx vaultcast check ') ? `${typed} || test $? = 1` : `${typed} || test $? = 2`;
      });
      const ran = await sh(script.join('\n'));
      expect(ran.stderr).not.toMatch(/curl: |Error: /);
      expect(ran.status).toBe(0);
      expect(ran.stdout).toContain('"connectionstring": "Host=pg;Password=1"');
      expect(ran.stdout).toContain('neu-1 refuses connections');
      expect(ran.stdout).toContain('kind: Route');
      expect(ran.stdout).toContain('Secret team/app-1--postgres972--connectionstring');
    },
  );
});
