import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startStack } from '../local/stack/start.ts';
import type { Stack } from '../local/stack/start.ts';
import { sendMessage } from '../local/stack/storage.ts';
import { applyTenancy, valueIn } from '../local/stack/tenancy.ts';

const SECRET = 'app-1--pg--password';
let stack: Stack;

beforeAll(async () => {
  stack = await startStack({ clusters: ['weu-1', 'neu-1'], hosts: 2 });
  await applyTenancy(stack);
});
afterAll(() => stack.stop());

const cluster = () => stack.cluster('weu-1');
const value = () => valueIn(cluster(), 'app-1', 'pg', 'password');
const codesOf = async (eventId: string, count?: number) =>
  (await stack.outcomes(eventId, count)).map(({ code }) => code);
const eventFor = (schema: 'eventgrid' | 'cloudevents') =>
  stack.vault.eventFor('team', SECRET, { schema, type: 'new-version' });

describe('an event of Key Vault', () => {
  it.each(['eventgrid', 'cloudevents'] as const)('is understood in the schema %s', async (schema) => {
    const { answer } = await stack.rotate(SECRET, `by ${schema}`, { schema });

    expect(answer).toEqual({ status: 202, body: '' });
    expect(value()).toBe(`by ${schema}`);
  });

  it('may come in a batch with others', async () => {
    stack.vault.set('team', SECRET, 'in a batch');
    stack.vault.set('team', 'app-2--mq--password', 'in the same batch');
    const other = stack.vault.eventFor('team', 'app-2--mq--password', {
      schema: 'cloudevents',
      type: 'new-version',
    });

    expect((await stack.deliver([eventFor('cloudevents'), other])).status).toBe(202);
    expect(value()).toBe('in a batch');
    expect(valueIn(cluster(), 'app-2', 'mq', 'password')).toBe('in the same batch');
  });

  it('may come through a queue, for an app that Event Grid cannot reach', async () => {
    stack.vault.set('team', SECRET, 'through a queue');
    await sendMessage(stack.storage, 'vault-events', eventFor('eventgrid'));

    await expect.poll(value, { timeout: 10_000 }).toBe('through a queue');
  });

  it('brings the latest version, even when the event is about an older one', async () => {
    const older = await stack.rotate(SECRET, 'older');
    await stack.rotate(SECRET, 'newer');
    await stack.deliver([older.event]);

    expect(value()).toBe('newer');
  });
});

describe('the same event again', () => {
  let before: string | undefined;
  let first: Awaited<ReturnType<Stack['rotate']>>;
  const resourceVersion = () => cluster().secret('app-1', 'pg')?.metadata.resourceVersion;

  beforeEach(async () => {
    first = await stack.rotate(SECRET, `once ${Date.now()}`);
    before = resourceVersion();
  });

  it('an event that comes again writes nothing and leaves the resourceVersion', async () => {
    const writes = { ...cluster().writes };
    expect((await stack.deliver([first.event])).status).toBe(202);

    expect(cluster().writes).toEqual(writes);
    expect(resourceVersion()).toBe(before);
    const codes = ['DELIVERED', 'DELIVERED', 'UNCHANGED', 'UNCHANGED'];
    expect(await codesOf(first.eventId, 4)).toEqual(codes);
  });

  it('an event that comes again to another instance writes nothing either', async () => {
    const writes = { ...cluster().writes };
    await Promise.all([stack.deliver([first.event], 0), stack.deliver([first.event], 1)]);

    expect(cluster().writes).toEqual(writes);
    expect(resourceVersion()).toBe(before);
  });
});

describe('two instances', () => {
  it('two instances end at the latest version when their events come at the same moment', async () => {
    const rotations = Array.from({ length: 10 }, (_, index) =>
      stack.rotate(SECRET, `version ${index}`, { host: index % 2 }),
    );
    const answers = (await Promise.all(rotations)).map(({ answer }) => answer.status);

    expect(new Set(answers)).toEqual(new Set([202]));
    expect(value()).toBe('version 9');
    expect(valueIn(stack.cluster('neu-1'), 'app-1', 'pg', 'password')).toBe('version 9');
  });

  it('two instances create a Secret once when both see that it is absent', async () => {
    const created = cluster().writes.create;
    stack.vault.set('team', 'app-1--new--password', 'value');
    const options = { schema: 'eventgrid', type: 'new-version' } as const;
    const event = stack.vault.eventFor('team', 'app-1--new--password', options);
    await Promise.all([stack.deliver([event], 0), stack.deliver([event], 1)]);

    expect(valueIn(cluster(), 'app-1', 'new', 'password')).toBe('value');
    expect(cluster().writes.create).toBe(created + 1);
  });
});

describe('what is no news of a secret', () => {
  it('the host answers when Event Grid asks whether it may send here', async () => {
    const body = [
      { eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent', data: { validationCode: 'c0de' } },
    ];
    const answer = await stack.hosts[0]?.deliver('on-vault-event', body, {
      eventType: 'SubscriptionValidation',
    });

    expect(answer).toEqual({ status: 200, body: '{"validationResponse":"c0de"}' });
  });

  it('a handshake that reaches the function after all is acknowledged and does nothing', async () => {
    const requests = stack.vault.server.requests.length;
    const id = 'handshake';
    const eventType = 'Microsoft.EventGrid.SubscriptionValidationEvent';
    const answer = await stack.deliver([{ id, eventType, data: { validationCode: 'c0de' } }]);

    expect(answer.status).toBe(202);
    expect(await codesOf(id)).toEqual(['EVENT_IGNORED']);
    expect(stack.vault.server.requests).toHaveLength(requests);
  });

  it.each([
    ['a key', { eventType: 'Microsoft.KeyVault.KeyNewVersionCreated' }, 'EVENT_IGNORED'],
    ['an access policy', { eventType: 'Microsoft.KeyVault.VaultAccessPolicyChanged' }, 'EVENT_IGNORED'],
    ['a vault nobody configured', { data: { VaultName: 'other' } }, 'EVENT_REJECTED'],
    ['nothing', { data: 42 }, 'EVENT_REJECTED'],
  ])('an event about %s is acknowledged and does nothing', async (what, change, code) => {
    const requests = stack.vault.server.requests.length;
    const id = `about-${what.replaceAll(' ', '-')}`;
    const answer = await stack.deliver([{ ...eventFor('eventgrid'), ...change, id }]);

    expect(answer.status).toBe(202);
    expect(await codesOf(id)).toEqual([code]);
    expect(stack.vault.server.requests).toHaveLength(requests);
  });

  it('health says nothing but the version to whoever asks', async () => {
    const [, other] = stack.hosts;
    if (!other) throw new Error('there is no second host');
    const response = await other.http('/api/health');
    expect(response.status).toBe(200);
    const { status, version, commit: _, ...more } = (await response.json()) as Record<string, unknown>;
    expect({ status, more }).toEqual({ status: 'ok', more: {} });
    expect(version).toMatch(/^\d+\.\d+\.\d+/);
  });
});
