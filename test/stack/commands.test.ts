import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Output } from '../../shared/output/json-schema.ts';
import { eventually } from '../local/stack/eventually.ts';
import { startStack } from '../local/stack/start.ts';
import type { Stack } from '../local/stack/start.ts';
import { ACCEPT, applyTenancy, routeYaml, valueIn } from '../local/stack/tenancy.ts';
import { run } from '../cli/run.ts';

const NAME = 'app-1--pg--password';
let stack: Stack;

beforeAll(async () => {
  stack = await startStack({ clusters: ['weu-1', 'neu-1'] });
  await applyTenancy(stack);
  // No event tells of it: only commands bring it about.
  stack.vault.set('team', NAME, 'first');
  stack.vault.set('team', 'app-2--mq--url', 'amqps://x');
}, 180_000);
afterAll(() => stack.stop());

const vaultcast = (...args: string[]) => {
  const { connectionString } = stack.storage;
  return run(args, {
    real: true,
    env: { REGISTRY: connectionString, AzureWebJobsStorage: connectionString },
  });
};

describe('commands, run in the app', { timeout: 60_000 }, () => {
  it('plan, run in the app, says what would be done, and does nothing', async () => {
    const ran = await vaultcast('plan', '--cluster', 'weu-1');

    expect(ran.code).toBe(2);
    expect(ran.out).toMatch(/PLANNED app-1\/pg: /);
    expect(ran.out).toContain('app-2--mq--url is not accepted by namespace app-1');
    expect(stack.cluster('weu-1').secrets()).toEqual([]);
  });

  it('push, run in the app, delivers one secret everywhere', async () => {
    const ran = await vaultcast('push', NAME);

    expect(ran).toMatchObject({ code: 0, out: expect.stringContaining('DELIVERED weu-1/app-1/pg') });
    expect(valueIn(stack.cluster('neu-1'), 'app-1', 'pg', 'password')).toBe('first');
  });

  it('reconcile, run in the app, delivers the rest, and exits with 2 because of what is refused', async () => {
    const ran = await vaultcast('reconcile', '-o', 'json');

    expect(ran.code).toBe(2);
    const { items } = JSON.parse(ran.out) as { items: Output<'Run'>[] };
    expect(items.map(({ metadata, status }) => [metadata.cluster, status.state])).toEqual([
      ['neu-1', 'done'],
      ['weu-1', 'done'],
    ]);
    expect(valueIn(stack.cluster('weu-1'), 'app-2', 'mq', 'url')).toBe('amqps://x');
  });

  it('explain and get say where it is and what is wrong, without a look into cluster or vault', async () => {
    const well = await vaultcast('explain', NAME);
    const refused = await vaultcast('explain', 'app-2--mq--url');
    const problems = await vaultcast('get', 'problems', '--secret', 'app-2--mq--url');

    expect(well.out).toMatch(/weu-1 +app-1\/pg +app-1 +synced +(?:DELIVERED|UNCHANGED)/);
    expect(refused).toMatchObject({
      code: 2,
      out: expect.stringContaining('is not accepted by namespace app-1'),
    });
    expect(problems).toMatchObject({
      code: 2,
      out: expect.stringMatching(/weu-1 +app-1\/mq +refused +NOT_ACCEPTED/),
    });
  });

  it('check, run in the app, finds the way to a cluster', async () => {
    const ran = await vaultcast('check', 'weu-1');

    expect(ran.out).toMatch(/^weu-1:\n {2}OK {4}server: /);
    expect(ran.out).toMatch(/OK {4}tls: /);
  });

  it('apply delivers what it changed at once', async () => {
    stack.vault.set('team', 'app-9--x--y', 'new');
    const route = routeYaml('app-9', { prefix: 'app-9--', namespaces: ['app-9'] });
    stack.cluster('weu-1').createNamespace('app-9', { [ACCEPT]: 'app-9--' });
    const { connectionString } = stack.storage;

    const ran = await run(['apply', '-f', '-', '--yes'], {
      real: true,
      stdin: route,
      env: { REGISTRY: connectionString, AzureWebJobsStorage: connectionString },
    });

    expect(ran).toMatchObject({ code: 0, out: expect.stringContaining('Reconcile started') });
    await eventually(() => valueIn(stack.cluster('weu-1'), 'app-9', 'x', 'y') === 'new');
  });
});
