import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createQueue } from '../../shared/adapters/storage/queue.ts';
import { createRegistry } from '../../shared/adapters/storage/registry/registry.ts';
import { createStatus } from '../../shared/adapters/storage/status/status.ts';
import { failureOf, isRetryable, type Failure } from '../../shared/errors.ts';
import { startAzurite, type LocalStorage } from '../local/azurite/storage.ts';
import type { Fault } from '../local/network/faults.ts';
import { startHttps } from '../local/network/https-server.ts';
import { createTables } from '../local/stack/storage.ts';
import { createAuthority } from '../local/network/authority.ts';
import { aRunRow } from '../support/contracts/status.ts';

const TIMEOUT_MS = 1500;
const NEVER = new AbortController().signal;
const WORK = { vault: 'team', secret: 'app-1--pg', cause: 'event', since: 0, attempt: 2 };

let storage: LocalStorage;
beforeAll(async () => {
  storage = await startAzurite();
  await createTables(storage);
});
afterAll(() => storage.stop());
afterEach(async () => {
  for (const server of [storage.tables, storage.queues]) {
    server.clearFaults();
    await server.up();
  }
});

const optionsFor = (connectionString: string) => ({
  connection: { connectionString },
  timeoutMs: TIMEOUT_MS,
});

/** One call of each kind; what it fails with, or undefined. */
const CALLS = {
  REGISTRY_UNAVAILABLE: (to: string) => createRegistry(optionsFor(to)).clusters(NEVER),
  STATUS_UNAVAILABLE: (to: string) =>
    createStatus(optionsFor(to)).saveRun(aRunRow({ state: 'running' }), NEVER),
  QUEUE_UNAVAILABLE: (to: string) => createQueue(optionsFor(to)).push({ kind: 'secret', ...WORK }, 0, NEVER),
} as const;
type Kind = keyof typeof CALLS;
const KINDS = Object.keys(CALLS) as Kind[];

async function failing(kind: Kind, to = storage.connectionString): Promise<Failure | undefined> {
  try {
    await CALLS[kind](to);
    return undefined;
  } catch (error) {
    return failureOf(error);
  }
}

const breakAll = (fault: Fault): void => {
  for (const server of [storage.tables, storage.queues]) server.inject({ fault });
};

const odata = (code: string): string =>
  JSON.stringify({ 'odata.error': { code, message: { value: 'text' } } });
const status = (code: number, error = '', headers: Record<string, string> = {}): Fault => ({
  kind: 'status',
  status: code,
  headers: { 'x-ms-error-code': error, ...headers },
  body: odata(error),
});

const FAULTS: [string, Fault, RegExp][] = [
  ['400', status(400, 'InvalidInput'), /answered 400/],
  ['401', status(401, 'InvalidAuthenticationInfo'), /answered 401.*tenant/],
  ['403 of the role', status(403, 'AuthorizationPermissionMismatch'), /answered 403.*role/],
  ['403 of the firewall', status(403, 'AuthorizationFailure'), /answered 403.*firewall/],
  ['404', status(404, 'ResourceNotFound'), /answered 404/],
  ['409', status(409, 'TableBeingDeleted'), /answered 409/],
  ['412', status(412, 'UpdateConditionNotSatisfied'), /answered 412/],
  ['413', status(413, 'RequestBodyTooLarge'), /answered 413/],
  ['429', status(429, 'TooManyRequests'), /answered 429.*busy/],
  ['500', status(500, 'InternalError'), /answered 500.*again/],
  ['503', status(503, 'ServerBusy'), /answered 503.*busy/],
  [
    'a redirect',
    { kind: 'redirect', location: 'https://elsewhere.localhost/' },
    /answered 307|is not available/,
  ],
  ['a connection that is reset', { kind: 'reset', when: 'before-headers' }, /closed the connection/],
  ['nothing', { kind: 'hang' }, /did not answer in time/],
  ['a drip', { kind: 'drip', bytesPerSecond: 5 }, /did not answer in time|PARSE_ERROR/],
];

describe.each(KINDS)('storage that does not work is %s', (kind) => {
  it.each(FAULTS)('when it answers %s', async (_, fault, message) => {
    breakAll(fault);
    const failure = await failing(kind);
    expect(failure).toMatchObject({ code: kind, message: expect.stringMatching(message) });
    expect(isRetryable(kind)).toBe(true);
  });

  it('when it refuses the connection', async () => {
    await Promise.all([storage.tables.down(), storage.queues.down()]);
    const failure = await failing(kind);
    expect(failure).toMatchObject({ code: kind, message: expect.stringMatching(/refused the connection/) });
  });

  it('when its name does not exist', async () => {
    const elsewhere = storage.connectionString.replaceAll('127.0.0.1', 'no-such-account.invalid');
    expect(await failing(kind, elsewhere)).toMatchObject({
      code: kind,
      message: expect.stringMatching(/host name/),
    });
  });

  it('when its certificate is from nobody we know', async () => {
    const authority = await createAuthority();
    const issued = await authority.issue(['127.0.0.1']);
    const server = await startHttps({ ...issued, handle: () => ({ status: 200 }) });
    const url = `https://127.0.0.1:${server.port}/devstoreaccount1`;
    const to = storage.connectionString.replaceAll(/Endpoint=[^;]*/g, `Endpoint=${url}`);
    const failure = await failing(kind, to);
    await server.stop();
    expect(failure).toMatchObject({ code: kind });
    expect(server.requests).toEqual([]);
  });

  it('when it answers with a login page', async () => {
    breakAll({ kind: 'html' });
    expect(await failing(kind)).toMatchObject({ code: kind });
  });

  it('when it answers with megabytes of something else', async () => {
    breakAll({ kind: 'oversized', bytes: 4 * 1024 * 1024 });
    expect(await failing(kind)).toMatchObject({ code: kind });
  });

  it('not when one answer is cut short, for it is asked again', async () => {
    const [server] = kind === 'QUEUE_UNAVAILABLE' ? [storage.queues] : [storage.tables];
    server?.inject({ fault: { kind: 'reset', when: 'after-apply' }, times: 1 });
    expect(await failing(kind)).toBeUndefined();
  });
});
