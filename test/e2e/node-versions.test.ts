import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';

import { COMMANDS } from '../../shared/cli/commands.ts';
import { appThatAnswers } from '../cli/app-process.ts';
import { execute, packCommand, type PackedCommand } from '../cli/packed.ts';
import { startAzurite, type LocalStorage } from '../local/azurite/storage.ts';
import { createTables } from '../local/stack/storage.ts';
import { writtenCluster, writtenRoute } from '../support/documents.ts';
import { nodeProgram, SUPPORTED, TOO_OLD } from './nodes.ts';
import { onTerminal } from './pseudo-terminal.ts';

let packed: PackedCommand;
let files: { registry: string; samples: string };

beforeAll(async () => {
  packed = await packCommand();
  files = { registry: join(packed.place, 'registry.yaml'), samples: join(packed.place, 'samples.yaml') };
  const json = { layout: 'flat', prefix: 'app-1--json', json: 'expand', clusters: { names: ['weu-1'] } };
  const documents = [writtenCluster(), writtenRoute(), writtenRoute('json', json)];
  await writeFile(files.registry, documents.map((document) => stringify(document)).join('---\n'));
  const value = '{"large":9007199254740993,"decimals":1.10}';
  await writeFile(files.samples, stringify([{ name: 'app-1--json', value }]));
});
afterAll(() => packed.remove());

describe.each(SUPPORTED)('the packed command on Node %s', (version) => {
  let node: string;
  let storage: LocalStorage;
  let env: Record<string, string>;
  const vaultcast = (args: string[], stdin = '') =>
    execute(node, [packed.entry, ...args], { cwd: packed.place, env, stdin });

  beforeAll(async () => {
    node = await nodeProgram(version);
  });
  beforeEach(async () => {
    storage = await startAzurite();
    await createTables(storage);
    env = { REGISTRY: storage.connectionString, AzureWebJobsStorage: storage.connectionString };
    return () => storage.stop();
  });

  it('is of that version', async () => {
    const ran = await execute(node, ['--version'], { cwd: packed.place });

    expect(ran.out).toBe(`v${version}\n`);
  });

  it.each(COMMANDS.map(({ name }) => name))('shows the help of %s', async (name) => {
    const ran = await vaultcast([name, '--help']);

    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(ran.out).toContain(`Usage: vaultcast ${name}`);
  });

  it('renders JSON with each number as it was written', async () => {
    const ran = await vaultcast(['render', 'json', '-f', files.registry, '--from', files.samples]);

    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(ran.out).toMatch(/large +16 [^]*decimals +4 |decimals +4 [^]*large +16 /);
  });

  it('renders on a terminal as it does in a pipe, fitted to its width', async () => {
    const command = [node, packed.entry, 'render', 'json', '-f', files.registry, '--from', files.samples];

    const ran = await onTerminal(command, { cwd: packed.place, env, answers: {} });

    expect(ran).toMatchObject({
      code: 0,
      shown: expect.stringMatching(/json\/app-1--json +Opaque +decimals +4/),
    });
  });

  it('validates in a pipe and on a terminal, what is right and what is not', async () => {
    const right = await vaultcast(['validate', '-f', '-'], stringify(writtenRoute()));
    const wrong = stringify(writtenRoute('app-1', { layout: 'flatt', prefix: 7 }));
    const piped = await vaultcast(['validate', '-f', '-'], wrong);
    const file = join(packed.place, 'wrong.yaml');
    await writeFile(file, wrong);
    const command = [node, packed.entry, 'validate', '-f', file];
    const shown = await onTerminal(command, { cwd: packed.place, env, answers: {} });

    expect(right).toEqual({ code: 0, out: '', err: '1 valid document, 0 findings.\n' });
    expect(piped).toMatchObject({ code: 2, out: expect.stringMatching(/^error +stdin:\d+: Route app-1: /) });
    expect(shown.code).toBe(2);
    expect(shown.shown).toContain('\u001b[31merror');
    expect(shown.shown).toContain('did you mean flat?');
  });

  it('loads the Kubernetes client', async () => {
    const ran = await vaultcast(['adopt', '--instance', 'x', '--kubeconfig', '/nowhere', 'app-1/pg']);

    expect(ran).toMatchObject({ code: 1, err: 'Error: /nowhere cannot be read\nCheck --kubeconfig.\n' });
  });

  it('applies what is piped, and asks nobody', async () => {
    const ran = await vaultcast(['apply', '-f', '-', '--yes', '--no-reconcile'], stringify(writtenCluster()));

    expect(ran).toMatchObject({ code: 0, err: '', out: expect.stringContaining('Cluster weu-1 created') });
    expect(await vaultcast(['get', 'clusters', '-o', 'json'])).toMatchObject({
      code: 0,
      out: expect.stringContaining('"weu-1"'),
    });
  });

  it('applies on a terminal after a yes, waits for the app, and shows what came of it', async () => {
    const app = appThatAnswers(storage);
    const command = [node, packed.entry, 'apply', '-f', files.registry, '--wait'];

    const ran = await onTerminal(command, { cwd: packed.place, env, answers: { '[y/N]': 'y\n' } });

    expect(await app).toMatchObject({ clusters: ['weu-1'] });
    expect(ran.shown).toContain('\u001b[32m+ create  Cluster weu-1');
    expect(ran.shown).toContain('Route app-1 created');
    expect(ran.shown).toContain('NOT_ACCEPTED app-1/pg: no');
    expect(ran.shown).not.toContain('unexpected');
    expect(ran.code).toBe(2);
  });

  it('changes nothing on a terminal after any other answer', async () => {
    const command = [node, packed.entry, 'apply', '-f', files.registry];

    const ran = await onTerminal(command, { cwd: packed.place, env, answers: { '[y/N]': '\n' } });

    expect(ran).toMatchObject({ code: 1, shown: expect.stringContaining('Nothing was changed.') });
  });
});

describe.each(TOO_OLD)('the packed command on Node %s', (version) => {
  let node: string;

  beforeAll(async () => {
    node = await nodeProgram(version);
  });

  it.each([['--version'], ['render'], ['complete']])(
    'says in words which Node it needs, instead of %s',
    async (argument) => {
      const ran = await execute(node, [packed.entry, argument], { cwd: packed.place });

      expect(ran).toMatchObject({ code: 1, out: '' });
      expect(ran.err).toContain(
        `Error: vaultcast needs Node 22.19 or newer, and runs on ${version} (${node})`,
      );
      expect(ran.err).toContain('nvm install --lts');
    },
  );
});
