import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aNewcomer, firstCommands, type Newcomer } from './newcomer.ts';

/** The first hour of somebody new: what the README says, and what that prints, typed as it stands and nothing else. */

/** What is typed here takes one minute on an idle machine. */
const PATIENCE = { timeout: 1_800_000 };
const INSTALL = 'npm ci';
const PLAYGROUND = 'npm run local';
const READY = 'The log of the functions follows';

let newcomer: Newcomer;
let printed = '';
let stopped = false;
beforeAll(async () => {
  newcomer = await aNewcomer();
}, PATIENCE.timeout);
afterAll(async () => {
  if (!stopped) await newcomer.stop();
  newcomer.remove();
}, PATIENCE.timeout);

/** Each in its turn: what goes on for ever in a terminal of its own, the others in shells that end with it. */
async function follow(commands: readonly string[]): Promise<string[]> {
  const outputs: string[] = [];
  const at = commands.indexOf(PLAYGROUND);
  const type = async (lines: readonly string[]): Promise<void> => {
    const ran = await newcomer.type(lines);
    if (ran.status !== 0 || /command not found|Error: /.test(ran.stderr))
      throw new Error(`${lines.join('; ')}\nended with ${ran.status}: ${ran.stderr}`);
    outputs.push(ran.stdout);
  };
  for (const command of commands.slice(0, at))
    await (command === INSTALL ? newcomer.install() : type([command]));
  printed = await newcomer.start(PLAYGROUND, READY);
  await type(commands.slice(at + 1));
  return outputs;
}

/** Commands that are printed below a sentence, each on its line. */
const commandsIn = (text: string): string[] =>
  [...text.matchAll(/^ {2}((?:curl|npx|\.) .*)$/gm)].map(([, command = '']) => command);

describe('the README', () => {
  it(
    'leads from a fresh clone to the first secret by its own commands, all of which run',
    PATIENCE,
    async () => {
      const commands = firstCommands();
      expect(commands).toEqual(expect.arrayContaining([INSTALL, 'npm run demo', PLAYGROUND]));
      expect(commands[0]).toBe(INSTALL);
      const started = Date.now();

      const outputs = await follow(commands);

      const seconds = Math.round((Date.now() - started) / 1000);
      console.log(
        `from the clone to the first secret: ${seconds} s for ${commands.length} commands, without what ${INSTALL} takes`,
      );
      const seen = outputs.at(-1) ?? '';
      expect(outputs.join('\n')).toContain('postgres972');
      expect(seen).toContain('"greeting": "hello"');
      expect(seen).toContain('Secret team/app-1--first--greeting');
      expect(seen).toContain('app-1/first');
    },
  );
});

describe('npm run local', () => {
  it(
    'prints commands that rotate a secret, show it, and look at everything, as they stand',
    PATIENCE,
    async () => {
      const commands = commandsIn(printed);
      expect(commands.length).toBeGreaterThan(9);

      const ran = await newcomer.type(
        commands.map((one) => {
          const typed = one.replace(/^curl /, 'curl --silent --show-error --fail-with-body ');
          // A check finds what the guide says of these clusters.
          return one.startsWith('npx vaultcast check ') ? `${typed} || test $? = 1` : typed;
        }),
      );

      expect(ran.stderr).not.toMatch(/curl: |Error: /);
      expect(ran.status).toBe(0);
      expect(ran.stdout).toContain('"connectionstring": "Host=pg;Password=1"');
      expect(ran.stdout).toContain('neu-1 refuses connections');
      expect(ran.stdout).toContain('Nothing to change.');
      expect(readFileSync(join(newcomer.folder, 'local.yaml'), 'utf8')).toContain('kind: Route');
      expect(ran.stdout).toContain('Secret team/app-1--postgres972--connectionstring');
    },
  );

  it('ends with Ctrl-C, and takes the file for the second terminal away', PATIENCE, async () => {
    expect(existsSync(join(newcomer.folder, 'local.env'))).toBe(true);
    stopped = true;
    await newcomer.stop();
    expect(existsSync(join(newcomer.folder, 'local.env'))).toBe(false);
  });
});

describe('somebody new', () => {
  it.each([
    'npx vaultcast no-such-command',
    'vaultcast-is-not-installed',
    '. ./no-such.env',
    'curl http://127.0.0.1:1/',
  ])('is stopped by a command that does not run: %s', async (command) => {
    const ran = await newcomer.type([command, 'echo went-on']);
    expect(ran.status).not.toBe(0);
    expect(ran.stdout).not.toContain('went-on');
  });
});
