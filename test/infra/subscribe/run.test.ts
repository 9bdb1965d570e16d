import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aWorld } from '../az/world.ts';
import { declarationsIn } from '../bicep/declarations.ts';
import { INFRA } from '../bicep/file.ts';
import { deployMain } from '../deployed.ts';
import { type Bench, openBench } from '../scripts.ts';
import { deploymentOutputs, everyOutput, outputs } from './outputs.ts';

const KEY = 'key-of-status';

let bench: Bench;
let app: Server;
let asked: (string | undefined)[];
let readiness: unknown;
beforeEach(async () => {
  asked = [];
  readiness = { storage: { queues: { push: 'ok' }, tables: { Runs: 'ok' } } };
  app = createServer((request, response) => {
    asked.push(request.headers['x-functions-key'] as string | undefined);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ targets: {}, readiness }));
  }).listen(0, '127.0.0.1');
  await once(app, 'listening');
  bench = openBench();
  const site = { id: outputs.FUNCTION_APP_ID, name: 'x', type: 'Microsoft.Web/sites', statusKey: KEY };
  bench.az(aWorld({ resources: [site], deployments: { 'vaultcast-prod': deploymentOutputs } }));
});
afterEach(() => {
  bench.remove();
  app.close();
});

const url = (): string => `http://127.0.0.1:${(app.address() as AddressInfo).port}`;
const subscribe = (env: Record<string, string> = {}, args: string[] = []) =>
  bench.run('subscribe/run.ts', args, { ...outputs, FUNCTION_APP_URL: url(), ...env });
const created = (): string[] => bench.calls().find(([, , verb]) => verb === 'create') ?? [];

describe('npm run subscribe', () => {
  it('asks the app with the key of that function, and then makes the subscriptions', async () => {
    const { status, stdout, stderr } = await subscribe();

    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(asked).toEqual([KEY]);
    expect(created()).toContain(join(INFRA, 'events.bicep'));
    expect(stdout + stderr).not.toContain(KEY);
  });

  it('hands over the list of topics in a file, which is gone afterwards', async () => {
    bench.command(
      'az',
      `case "$*" in *listkeys*) echo '{"default":"k"}';; *) for last; do case "$last" in @*) cp "\${last#@}" "${bench.folder}/kept"; echo "\${last#@}" > "${bench.folder}/path";; esac; done;; esac`,
    );
    await subscribe();

    expect(readFileSync(join(bench.folder, 'kept'), 'utf8')).toContain("kv-team's-events");
    expect(existsSync(readFileSync(join(bench.folder, 'path'), 'utf8').trim())).toBe(false);
  });

  it.each(['closed', 'eventGrid'])(
    'goes on without asking where inbound is %s, and says so',
    async (inbound) => {
      const { status, stdout } = await subscribe({ INBOUND: inbound });

      expect(status).toBe(0);
      expect(asked).toEqual([]);
      expect(stdout).toContain('Event Grid and the queues keep what arrives meanwhile');
      expect(created()).not.toEqual([]);
    },
  );

  it('goes on with an app that does not say what it can read', async () => {
    readiness = undefined;
    expect((await subscribe()).status).toBe(0);
    expect(created()).not.toEqual([]);
  });

  it('takes the outputs of a deployment by its name, without azd', async () => {
    const world = aWorld({
      resources: [{ id: outputs.FUNCTION_APP_ID, name: 'x', type: 'Microsoft.Web/sites', statusKey: KEY }],
      deployments: { mine: { ...deploymentOutputs, fUNCTION_APP_URL: { value: url() } } },
    });
    bench.az(world);
    const { status } = await bench.run('subscribe/run.ts', ['mine'], {});
    expect(status).toBe(0);
    expect(created()).toContain('vaultcast-prod-events');
  });

  it('fails when there is no deployment yet, and says what to do', async () => {
    const { status, stderr } = await bench.run('subscribe/run.ts', [], { INSTANCE: 'vaultcast-prod' });
    expect(status).toBe(1);
    expect(stderr).toContain('run azd provision first');
  });
});

describe('npm run events-parameters', () => {
  it('prints the parameters of events.bicep', async () => {
    const { stdout } = await bench.run('subscribe/events-parameters.ts', ['vaultcast-prod'], {});
    const { parameters } = JSON.parse(stdout) as { parameters: Record<string, { value: unknown }> };
    const required = [...declarationsIn(join(INFRA, 'events.bicep')).params]
      .filter(([, { node }]) => !node.text.includes('='))
      .map(([name]) => name);

    expect(Object.keys(parameters).toSorted()).toEqual(required.toSorted());
    expect(parameters['topics']?.value).toEqual(JSON.parse(outputs.EVENT_TOPICS));
  });

  it('names a deployment that is not there', async () => {
    const { status, stderr } = await bench.run('subscribe/events-parameters.ts', ['other'], {});
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: 'deployment other does not exist, or not in this subscription or tenant.\n',
    });
  });

  it('asks for the name of a deployment when none is given', async () => {
    const { status, stderr } = await bench.run('subscribe/events-parameters.ts', [], {});
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: 'name the deployment of main.bicep, such as vaultcast-prod\n',
    });
  });

  it.each(['Failed', 'Running'] as const)('takes nothing of a deployment that is %s', async (state) => {
    bench.az(aWorld({ unfinished: { 'vaultcast-prod': state } }));
    const { status, stderr } = await bench.run('subscribe/events-parameters.ts', ['vaultcast-prod'], {});
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: `deployment vaultcast-prod is ${state}: it must have succeeded first\n`,
    });
  });

  it('says how to sign in again', async () => {
    bench.az(aWorld({ signedIn: false }));
    const { status, stderr } = await bench.run('subscribe/events-parameters.ts', ['vaultcast-prod'], {});
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: 'The Azure CLI is not signed in any more.\naz login\n',
    });
  });
});

describe('npm run outputs', () => {
  it('prints every output of main.bicep under its own name, as a shell reads it', async () => {
    const { stdout } = await bench.run('subscribe/print-outputs.ts', ['vaultcast-prod'], {});
    const names = Object.keys(deployMain().outputs);
    const show = names.map((name) => `printf '%s\\n' "$${name}"`).join('\n');
    const { stdout: read } = await bench.shell(`${stdout}\n${show}`, {});

    expect(names.toSorted()).toEqual(Object.keys(everyOutput).toSorted());
    expect(read.split('\n').slice(0, -1)).toEqual(
      names.map((name) => everyOutput[name as keyof typeof everyOutput]),
    );
  });
});
