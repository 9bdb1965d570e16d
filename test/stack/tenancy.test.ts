import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStack } from '../local/stack/start.ts';
import type { Stack } from '../local/stack/start.ts';
import { ACCEPT, applyTenancy, routeYaml, valueIn } from '../local/stack/tenancy.ts';

const CLUSTERS = ['weu-1', 'neu-1', 'sea-1'];
let stack: Stack;

beforeAll(async () => {
  stack = await startStack({ clusters: CLUSTERS });
  await applyTenancy(stack);
});
afterAll(() => stack.stop());

const targetsIn = (cluster: string) =>
  stack
    .cluster(cluster)
    .secrets()
    .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)
    .toSorted();

describe('a namespace that accepts a prefix', () => {
  it('gets a secret of that prefix, in every cluster its route selects', async () => {
    const { eventId, version } = await stack.rotate('app-1--postgres972--connectionstring', 'Host=pg;');

    for (const name of CLUSTERS)
      expect(valueIn(stack.cluster(name), 'app-1', 'postgres972', 'connectionstring')).toBe('Host=pg;');
    const lines = await stack.outcomes(eventId, 3);
    expect(lines).toHaveLength(3);
    for (const line of lines)
      expect(line).toMatchObject({ code: 'DELIVERED', namespace: 'app-1', name: 'postgres972', version });
  });

  it('is refused the secret of another team, which gets it itself', async () => {
    const { eventId } = await stack.rotate('app-2--rabbitmq361--password', 'rabbit');

    expect(valueIn(stack.cluster('weu-1'), 'app-2', 'rabbitmq361', 'password')).toBe('rabbit');
    expect(stack.cluster('weu-1').secret('app-1', 'rabbitmq361')).toBeUndefined();
    const lines = (await stack.outcomes(eventId, 6)).filter(({ cluster }) => cluster === 'weu-1');
    expect(lines).toHaveLength(2);
    expect(lines.find(({ route }) => route === 'app-2-to-app-1')).toMatchObject({
      code: 'NOT_ACCEPTED',
      message: 'secret app-2--rabbitmq361--password is not accepted by namespace app-1',
    });
    expect(lines.find(({ route }) => route === 'app-2')).toMatchObject({
      code: 'DELIVERED',
      namespace: 'app-2',
    });
  });

  it('gets many secrets into one Secret, and keeps the others when one of them changes', async () => {
    await stack.rotate('app-1--postgres972--user', 'alice');
    await stack.rotate('app-1--postgres972--user', 'bob');

    expect(valueIn(stack.cluster('neu-1'), 'app-1', 'postgres972', 'connectionstring')).toBe('Host=pg;');
    expect(valueIn(stack.cluster('neu-1'), 'app-1', 'postgres972', 'user')).toBe('bob');
  });
});

describe('a namespace without the annotation', () => {
  it('a namespace without the annotation gets nothing, and the log says what is missing', async () => {
    const { eventId } = await stack.rotate('app-3--redis--password', 'no consent yet');

    const lines = await stack.outcomes(eventId, 3);
    expect(lines).toHaveLength(3);
    for (const line of lines)
      expect(line).toMatchObject({
        code: 'NOT_ACCEPTED',
        message: 'namespace app-3 accepts no secrets (annotation vaultcast.dev/accept is missing)',
      });
    for (const name of CLUSTERS) expect(stack.cluster(name).secret('app-3', 'redis')).toBeUndefined();
  });

  it('a namespace gets the next version once it accepts, and none any more when it withdraws that', async () => {
    const cluster = stack.cluster('sea-1');
    cluster.annotate('app-3', { [ACCEPT]: 'app-3--redis--password' });
    await stack.rotate('app-3--redis--password', 'accepted');
    expect(valueIn(cluster, 'app-3', 'redis', 'password')).toBe('accepted');

    cluster.annotate('app-3', { [ACCEPT]: undefined });
    await stack.rotate('app-3--redis--password', 'withdrawn');
    expect(valueIn(cluster, 'app-3', 'redis', 'password')).toBe('accepted');
  });
});

describe('names and routes', () => {
  it.each(['app-10--x--y', 'app-1-x', 'app-1'])('%s is of no route', async (secret) => {
    const { eventId } = await stack.rotate(secret, 'value');

    expect(await stack.outcomes(eventId)).toEqual([expect.objectContaining({ code: 'NO_ROUTE', secret })]);
  });

  it('APP-1--X--Y is the same name as app-1--x--y', async () => {
    await stack.rotate('APP-1--X--Y', 'upper');

    expect(valueIn(stack.cluster('weu-1'), 'app-1', 'x', 'y')).toBe('upper');
  });

  it.each(['app-1---pg', 'app-1--', '-x--pg'])('%s is a bad name, nothing is guessed', async (secret) => {
    const before = targetsIn('weu-1');
    const { eventId, answer } = await stack.rotate(secret, 'value');

    expect(answer.status).toBe(202);
    expect(await stack.outcomes(eventId)).toEqual([expect.objectContaining({ code: 'BAD_NAME' })]);
    expect(targetsIn('weu-1')).toEqual(before);
  });

  it('a paused route asks for nothing', async () => {
    const route = { prefix: 'app-1--paused--', namespaces: ['app-1'], layout: 'flat', paused: true };
    await stack.apply(routeYaml('app-1-paused', route));
    const { eventId } = await stack.rotate('app-1--paused--key', 'value');

    // The route app-1 wants the same secret for its three clusters.
    expect(await stack.outcomes(eventId, 4)).toContainEqual(
      expect.objectContaining({ code: 'PAUSED', route: 'app-1-paused' }),
    );
    expect(stack.cluster('weu-1').secret('app-1', 'app-1--paused--key')).toBeUndefined();
  });

  it('a Secret of somebody else is left as it is', async () => {
    const cluster = stack.cluster('weu-1');
    const foreign = cluster.put('app-1', {
      metadata: { name: 'theirs' },
      data: { password: Buffer.from('theirs').toString('base64') },
    });
    const { eventId } = await stack.rotate('app-1--theirs--password', 'ours');

    expect(cluster.secret('app-1', 'theirs')).toEqual(foreign);
    const lines = await stack.outcomes(eventId, 3);
    expect(lines.find((line) => line.cluster === 'weu-1')?.code).toBe('NOT_OURS');
    expect(valueIn(stack.cluster('neu-1'), 'app-1', 'theirs', 'password')).toBe('ours');
  });
});
