import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../shared/cli/commands.ts';
import { CONNECTIONS } from '../../shared/cli/connect/open.ts';

const root = join(import.meta.dirname, '../..');
const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
const io = {
  stdin,
  stdout,
  stderr,
  interactive: false,
  colour: false,
  env: {},
  signal: AbortSignal.timeout(60_000),
};

/** Makes the command line be read and nothing be done. */
function withoutActions(command: Command): void {
  for (const each of command.commands) withoutActions(each);
  if (command.commands.length === 0) command.action(() => {});
  command.exitOverride().configureOutput({ writeErr: () => {} });
}

/** What the command says of a line, without the program's name; undefined when it would be done. */
async function problemOf(line: string): Promise<string | undefined> {
  const program = new Command('vaultcast').option('--at <context>');
  for (const { name, load } of COMMANDS)
    (await load())(program.command(name), { ...CONNECTIONS, io, finish: () => {} });
  withoutActions(program);
  const words = [...line.replace(/\s#.*$/, '').matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, bare]) => single ?? double ?? bare ?? '',
  );
  const end = words.findIndex((word) => ['|', '>', '&&'].includes(word));
  return program.parseAsync(end < 0 ? words : words.slice(0, end), { from: 'user' }).then(
    () => undefined,
    (error: unknown) => `${line}: ${String(error)}`,
  );
}

async function commandsIn(file: string): Promise<string[]> {
  const text = await readFile(join(root, file), 'utf8');
  const blocks = [...text.matchAll(/^ *```(?:sh|bash)\n(.*?)^ *```$/gms)].map(([, body = '']) => body);
  const lines = blocks.flatMap((block) => block.replaceAll(/\\\n\s*/g, ' ').split('\n'));
  return lines.flatMap((line) => /^\s*vaultcast (?<rest>.*)$/.exec(line)?.groups?.['rest'] ?? []);
}

describe('a command line in a document', () => {
  it.each(['README.md', 'infra/README.md', 'infra/moving.md'])(
    'of %s has only arguments and options that its command takes',
    async (file) => {
      const lines = await commandsIn(file);
      expect(lines.length).toBeGreaterThan(3);
      expect((await Promise.all(lines.map(problemOf))).filter((problem) => problem !== undefined)).toEqual(
        [],
      );
    },
  );

  it('with an option that its command does not take is found', async () => {
    expect(await problemOf('adopt --contxt weu-1 app-1/pg')).toContain("unknown option '--contxt'");
    expect(await problemOf('adopt --context weu-1')).toContain('missing required argument');
  });
});
