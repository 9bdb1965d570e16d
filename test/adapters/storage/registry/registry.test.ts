import { TableClient } from '@azure/data-tables';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createRegistryAdmin } from '../../../../shared/adapters/storage/registry/admin.ts';
import { createRegistry } from '../../../../shared/adapters/storage/registry/registry.ts';
import { failureOf } from '../../../../shared/errors.ts';
import { startAzurite } from '../../../local/azurite/storage.ts';
import type { LocalStorage } from '../../../local/azurite/storage.ts';
import type { Fault } from '../../../local/network/faults.ts';
import { eventually } from '../../../local/stack/eventually.ts';
import { describeRegistry } from '../../../support/contracts/registry.ts';
import type { RegistryHarness } from '../../../support/contracts/registry.ts';
import { stored, writtenRoute } from '../../../support/documents.ts';
import { fakeRegistry } from '../../../support/fakes/registry.ts';

const signal = new AbortController().signal;
/** Whoever waits for this has not noticed that its caller gave up. */
const LONGER_THAN_A_TEST_MS = 600_000;

describeRegistry('the registry in memory', async () => {
  const fake = fakeRegistry();
  fake.exists = false;
  return {
    registry: fake,
    admin: fake,
    write: async (kind, columns) => fake.write(kind, columns),
    stop: async () => {},
  };
});

async function tables(): Promise<RegistryHarness & { storage: LocalStorage }> {
  const storage = await startAzurite();
  const connection = { connectionString: storage.connectionString };
  const client = (name: string) =>
    TableClient.fromConnectionString(storage.connectionString, name, { allowInsecureConnection: true });
  return {
    storage,
    registry: createRegistry({ connection, timeoutMs: 2_500 }),
    admin: createRegistryAdmin({ connection, timeoutMs: 5_000 }),
    write: async (kind, columns) => {
      await client(`${kind}s`).upsertEntity(columns, 'Replace');
    },
    stop: () => storage.stop(),
  };
}

describeRegistry('the registry in tables', tables);

describe('the registry in tables that fail', () => {
  let harness: Awaited<ReturnType<typeof tables>>;

  beforeAll(async () => {
    harness = await tables();
    await harness.admin.createTables(signal);
    await harness.admin.put(stored(writtenRoute()), undefined, signal);
  });
  afterEach(() => harness.storage.tables.clearFaults());
  afterAll(() => harness.stop());

  const odataError = (code: string) =>
    JSON.stringify({ 'odata.error': { code, message: { lang: 'en-US', value: 'do not repeat me' } } });
  const status = (code: number, name: string): Fault => ({
    kind: 'status',
    status: code,
    headers: { 'content-type': 'application/json' },
    body: odataError(name),
  });

  const cases: [string, Fault, RegExp][] = [
    ['403 without the role', status(403, 'AuthorizationPermissionMismatch'), /table Routes.*role/],
    ['403 from the firewall', status(403, 'AuthorizationFailure'), /firewall/],
    ['404 without the table', status(404, 'TableNotFound'), /404 TableNotFound.*deployment/],
    ['429', status(429, 'TooManyRequests'), /429.*busy/],
    ['503', status(503, 'ServerBusy'), /503.*busy/],
    ['500', status(500, 'InternalError'), /500/],
    ['a cut connection', { kind: 'reset', when: 'before-headers' }, /closed the connection/],
    ['an answer cut short', { kind: 'reset', when: 'mid-body' }, /table Routes is not available/],
    ['silence', { kind: 'hang' }, /did not answer in time/],
    ['a login page', { kind: 'html' }, /no table service/],
    ['nonsense', { kind: 'oversized', bytes: 10_000 }, /no storage service/],
  ];

  it.each(cases)('%s: says what to do after three attempts at most', async (_, fault, message) => {
    harness.storage.tables.inject({ fault });
    const before = harness.storage.tables.requests.length;

    const failure = failureOf(await harness.registry.routes(signal).catch((error: unknown) => error));

    expect(failure).toMatchObject({ code: 'REGISTRY_UNAVAILABLE', message: expect.stringMatching(message) });
    expect(failure.message).not.toContain('repeat');
    expect(harness.storage.tables.requests.length - before).toBeLessThanOrEqual(3);
  });

  it('survives one fault that passes', async () => {
    harness.storage.tables.inject({ fault: status(503, 'ServerBusy'), times: 1 });

    expect((await harness.registry.routes(signal)).rows).toHaveLength(1);
  });

  it('fails as a whole when one of its queries fails', async () => {
    const isLater = (query: URLSearchParams): boolean => (query.get('$filter') ?? '').includes('p20--');
    harness.storage.tables.inject({
      when: ({ query }) => isLater(query),
      fault: status(403, 'AuthorizationFailure'),
    });
    const prefixes = Array.from({ length: 30 }, (_, index) => `p${index}--`);

    await expect(harness.registry.routesByPrefix('team', prefixes, signal)).rejects.toMatchObject({
      code: 'REGISTRY_UNAVAILABLE',
    });
  });

  it('is not asked for more than 15 comparisons at a time', async () => {
    const prefixes = Array.from({ length: 45 }, (_, index) => `q${index}--`);

    await harness.registry.routesByPrefix('team', prefixes, signal);

    const asked = harness.storage.tables.requests.filter(({ query }) => /q\d+--/.test(query));
    expect(asked).toHaveLength(4);
    for (const { query } of asked)
      expect((decodeURIComponent(query).match(/ eq /g) ?? []).length).toBeLessThanOrEqual(15);
  });

  it('lets go of a request when its caller gives up', async () => {
    harness.storage.tables.inject({ fault: { kind: 'hang' } });
    const { tables } = harness.storage;
    const connection = { connectionString: harness.storage.connectionString };
    const patient = createRegistry({ connection, timeoutMs: LONGER_THAN_A_TEST_MS });
    const caller = new AbortController();
    const before = tables.requests.length;
    const asking = patient.clusters(caller.signal);
    const ended = asking.catch((error: unknown) => error);
    await eventually(() => tables.requests.length > before);
    caller.abort();

    expect(failureOf(await ended)).toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
  });
});
