import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createKeyVault } from '../../../shared/adapters/key-vault/vault.ts';
import { failureOf } from '../../../shared/errors.ts';
import type { Failure } from '../../../shared/errors.ts';
import type { Fault } from '../../local/network/faults.ts';
import { createAuthority } from '../../local/network/authority.ts';
import { startVaults } from './setup.ts';
import type { LocalVaults } from './setup.ts';
import { startSilent } from '../kubernetes/silent-server.ts';

const VALUE = 'hunter2-hunter2';
const REF = { vault: 'team', name: 'app-1--pg' };
const timeoutMs = 6000;
/** Where a call is to fail anyway. */
const impatient = 800;
const signal = () => AbortSignal.timeout(15_000);
/** It alone would let a test wait for longer than a test may take. */
const patientVault = () => createKeyVault({ ...local, ca: local.authority.caPem, timeoutMs: 600_000 });

let local: LocalVaults;
let vault: ReturnType<typeof createKeyVault>;
beforeAll(async () => {
  local = await startVaults();
});
afterAll(() => local.stop());
beforeEach(async () => {
  vault = createKeyVault({ ...local, ca: local.authority.caPem, timeoutMs });
  local.standIn.set('team', REF.name, VALUE);
  // The token is there, the challenge is over: what follows counts requests.
  await vault.read(REF, signal());
  local.standIn.server.requests.length = 0;
});
afterEach(() => {
  local.standIn.server.clearFaults();
  vi.useRealTimers();
});

const requests = () => local.standIn.server.requests.length;
const inject = (fault: Fault, times?: number) =>
  local.standIn.server.inject({ fault, ...(times !== undefined && { times }) });

async function failure(work: Promise<unknown>): Promise<Failure> {
  const found = await work.then((value) => {
    throw new Error(`no failure but ${JSON.stringify(value)}`);
  }, failureOf);
  expect(JSON.stringify(found)).not.toContain(VALUE);
  return found;
}
const error = (code: string, inner?: string) =>
  JSON.stringify({
    error: { code, message: `about ${VALUE}`, ...(inner && { innererror: { code: inner } }) },
  });
const bundle = (more: object) =>
  JSON.stringify({
    value: VALUE,
    id: `${local.standIn.url('team')}/secrets/${REF.name}/${'a'.repeat(32)}`,
    attributes: { enabled: true, created: 1, updated: 1 },
    ...more,
  });

describe('every call fails with its code when the vault', () => {
  beforeEach(() => {
    vault = createKeyVault({ ...local, ca: local.authority.caPem, timeoutMs: impatient });
  });
  const rows: [string, Fault, string][] = [
    ['resets before the headers', { kind: 'reset', when: 'before-headers' }, 'VAULT_UNAVAILABLE'],
    ['resets in the middle of the body', { kind: 'reset', when: 'mid-body' }, 'VAULT_UNAVAILABLE'],
    ['hangs', { kind: 'hang' }, 'VAULT_UNAVAILABLE'],
    ['drips', { kind: 'drip', bytesPerSecond: 10 }, 'VAULT_UNAVAILABLE'],
    ['redirects', { kind: 'redirect', location: 'https://127.0.0.1:9/login' }, 'VAULT_UNAVAILABLE'],
    ['shows a web page', { kind: 'html' }, 'VAULT_UNAVAILABLE'],
    ['sends something large', { kind: 'oversized', bytes: 500_000 }, 'VAULT_UNAVAILABLE'],
    ['sends broken JSON', { kind: 'status', status: 200, body: `{"value":"${VALUE}` }, 'VAULT_UNAVAILABLE'],
    ['sends nothing', { kind: 'status', status: 200 }, 'VAULT_UNAVAILABLE'],
    ['answers 400', { kind: 'status', status: 400, body: error('BadParameter') }, 'VAULT_UNAVAILABLE'],
    ['answers 401', { kind: 'status', status: 401, body: error('Unauthorized') }, 'VAULT_FORBIDDEN'],
    [
      'answers 403',
      { kind: 'status', status: 403, body: error('Forbidden', 'ForbiddenByRbac') },
      'VAULT_FORBIDDEN',
    ],
    ['answers 403 in no known words', { kind: 'status', status: 403, body: 'no' }, 'VAULT_FORBIDDEN'],
    ['answers 404 in no known words', { kind: 'status', status: 404, body: '<html>' }, 'VAULT_UNAVAILABLE'],
    ['answers 404 without a body', { kind: 'status', status: 404 }, 'VAULT_UNAVAILABLE'],
    ['answers 429', { kind: 'status', status: 429, body: error('Throttled') }, 'VAULT_THROTTLED'],
    ['answers 429 without a body', { kind: 'status', status: 429 }, 'VAULT_THROTTLED'],
    ['answers 500', { kind: 'status', status: 500, body: error('InternalServerError') }, 'VAULT_UNAVAILABLE'],
    ['answers 503 without a body', { kind: 'status', status: 503 }, 'VAULT_UNAVAILABLE'],
  ];

  it.each(rows)('%s', async (_what, fault, code) => {
    inject(fault);
    const calls = [
      vault.read(REF, signal()),
      vault.readVersion(REF, 'a'.repeat(32), signal()),
      vault.certificate(REF, 'a'.repeat(32), signal()),
      vault.versions(REF, signal()),
      vault.list('team', signal()),
    ];
    const codes = await Promise.all(calls.map(async (call) => (await failure(call)).code));
    expect(codes).toEqual(calls.map(() => code));
  });

  it('refuses connections', async () => {
    await local.standIn.server.down();
    expect((await failure(vault.read(REF, signal()))).code).toBe('VAULT_UNAVAILABLE');
    await local.standIn.server.up();
    expect((await vault.read(REF, signal())).state).toBe('readable');
  });

  it('has a certificate of another authority', async () => {
    const { caPem } = await createAuthority();
    const wary = createKeyVault({ ...local, ca: caPem, timeoutMs: impatient });
    expect((await failure(wary.read(REF, signal()))).code).toBe('VAULT_UNAVAILABLE');
    expect(requests()).toBe(0);
  });

  it('has a name that cannot be resolved', async () => {
    const vaults = new Map([['team', 'https://nowhere.invalid']]);
    const lost = createKeyVault({ ...local, vaults, timeoutMs: impatient });
    expect((await failure(lost.read(REF, signal()))).message).toContain('host name');
  });
});

describe('an answer is not believed', () => {
  it.each([
    ['without a value', { value: undefined }],
    ['with a value that is no text', { value: 7 }],
    ['without attributes', { attributes: undefined }],
    ['without enabled', { attributes: { created: 1, updated: 1 } }],
    ['with a date that is none', { attributes: { enabled: true, created: 'x', updated: 1 } }],
    ['without an id', { id: undefined }],
    ['about another secret', { id: `https://team.vault.localhost/secrets/other/${'a'.repeat(32)}` }],
    ['without a version', { id: `https://team.vault.localhost/secrets/${REF.name}` }],
    ['with a tag that is no text', { tags: { a: { b: VALUE } } }],
  ])('%s', async (_what, more) => {
    inject({ kind: 'status', status: 200, body: bundle(more) });
    expect((await failure(vault.read(REF, signal()))).code).toBe('VAULT_UNAVAILABLE');
  });

  it('but is when it is whole', async () => {
    inject({ kind: 'status', status: 200, body: bundle({}) });
    expect(await vault.read(REF, signal())).toMatchObject({ state: 'readable', version: { value: VALUE } });
  });
});

describe('attempts', () => {
  it('are three for a 429 without Retry-After, and the third may succeed', async () => {
    inject({ kind: 'status', status: 429 }, 2);
    expect((await vault.read(REF, signal())).state).toBe('readable');
    expect(requests()).toBe(3);
  });

  it('are three at most', async () => {
    inject({ kind: 'status', status: 503 });
    await failure(vault.read(REF, signal()));
    expect(requests()).toBe(3);
  });

  it('wait as long as Retry-After says, or end at once when that does not fit', async () => {
    inject({ kind: 'status', status: 429, headers: { 'retry-after': '1' } }, 1);
    const began = Date.now();
    expect((await vault.read(REF, signal())).state).toBe('readable');
    expect(Date.now() - began).toBeGreaterThanOrEqual(990);

    inject({ kind: 'status', status: 429, headers: { 'retry-after': '60' } });
    expect((await failure(vault.read(REF, signal()))).retryAfterMs).toBe(60_000);
    expect(requests()).toBe(3);
  });

  it('are one for what no attempt mends', async () => {
    for (const status of [400, 403, 404]) inject({ kind: 'status', status, body: error('Other') }, 1);
    for (let at = 0; at < 3; at += 1) await failure(vault.read(REF, signal()));
    expect(requests()).toBe(3);
  });

  it('go with a lost connection, too', async () => {
    inject({ kind: 'reset', when: 'before-headers' }, 1);
    expect((await vault.read(REF, signal())).state).toBe('readable');
  });
});

describe('a call', () => {
  it('is one request, whatever the value', async () => {
    await vault.read(REF, signal());
    expect(requests()).toBe(1);
  });

  it("ends with the caller's time budget", async () => {
    inject({ kind: 'hang' });
    expect((await failure(patientVault().read(REF, AbortSignal.timeout(100)))).message).toContain(
      'the time budget ended',
    );
  });

  it('gives up the connection, not just the promise', async () => {
    const silent = await startSilent(await local.authority.issue(['127.0.0.1']));
    const vaults = new Map([['team', `https://127.0.0.1:${silent.port}`]]);
    const lost = createKeyVault({ ...local, vaults, ca: local.authority.caPem, timeoutMs });
    const caller = new AbortController();
    const work = failure(lost.read(REF, caller.signal));
    await silent.asked;
    caller.abort();
    expect((await work).code).toBe('VAULT_UNAVAILABLE');
    await silent.left;
    await silent.stop();
  });

  it('follows no redirect, not even to the right place', async () => {
    const location = `${local.standIn.url('team')}/secrets/${REF.name}?api-version=7.6`;
    inject({ kind: 'redirect', location }, 1);
    expect((await failure(vault.read(REF, signal()))).message).toContain('answered 307');
    expect(requests()).toBe(1);
  });

  it("tells Key Vault's clock", async () => {
    inject({
      kind: 'status',
      status: 200,
      headers: { date: 'Sat, 21 Nov 2020 10:00:00 GMT' },
      body: bundle({}),
    });
    const read = await vault.read(REF, signal());
    expect(read).toMatchObject({ version: { readAt: Date.parse('2020-11-21T10:00:00Z') / 1000 } });
  });
});

describe('a list of several pages', () => {
  beforeEach(() => {
    for (let at = 0; at < 60; at += 1) local.standIn.set('other', `secret-${at}`, VALUE);
  });
  const onPage = (page: number, fault: Fault, times = 99) => {
    let seen = 0;
    const when = ({ path }: { path: string }) => path === '/secrets' && (seen += 1) >= page;
    local.standIn.server.inject({ fault, when, times });
  };

  it('is complete although a later page needs another attempt', async () => {
    onPage(3, { kind: 'status', status: 503 }, 1);
    expect((await vault.list('other', signal())).secrets.size).toBe(60);
  });

  it.each([
    ['breaks off', { kind: 'reset', when: 'mid-body' }, 'VAULT_UNAVAILABLE'],
    ['is throttled', { kind: 'status', status: 429, body: error('Throttled') }, 'VAULT_THROTTLED'],
    ['is forbidden', { kind: 'status', status: 403, body: error('Forbidden') }, 'VAULT_FORBIDDEN'],
    ['is not there', { kind: 'status', status: 404, body: error('SecretNotFound') }, 'VAULT_UNAVAILABLE'],
    ['has no items', { kind: 'status', status: 200, body: '{}' }, 'VAULT_UNAVAILABLE'],
    [
      'is of another shape',
      { kind: 'status', status: 200, body: '{"value":[{"id":1}]}' },
      'VAULT_UNAVAILABLE',
    ],
  ] as [string, Fault, string][])('is rejected whole when a later page %s', async (_what, fault, code) => {
    await vault.list('other', signal());
    onPage(2, fault);
    expect((await failure(vault.list('other', signal()))).code).toBe(code);
  });

  it("ends with the caller's time budget on a later page, too: the SDK forgets the signal there", async () => {
    const patient = patientVault();
    await patient.list('other', signal());
    onPage(2, { kind: 'hang' });
    const found = await failure(patient.list('other', AbortSignal.timeout(300)));
    expect(found.message).toContain('the time budget ended');
  });

  it('has time for each page, not in total, and tells when it took long', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const told: object[] = [];
    const patient = createKeyVault({
      ...local,
      ca: local.authority.caPem,
      timeoutMs: 1000,
      slow: (listing) => told.push(listing),
    });
    onPage(1, { kind: 'delay', ms: 400 });
    const listing = patient.list('other', signal());
    for (let page = 1; page <= 3; page += 1) {
      await vi.waitUntil(() => requests() >= page, { timeout: 10_000 });
      vi.setSystemTime(Date.now() + 20_000);
    }
    expect((await listing).secrets.size).toBe(60);
    expect(told).toEqual([{ vault: 'other', secrets: 60, durationMs: expect.any(Number) }]);
  });

  it('does not follow a link to another host', async () => {
    await vault.list('other', signal());
    const elsewhere = local.standIn.url('team').replace('team.', 'evil.');
    const body = JSON.stringify({ value: [], nextLink: `${elsewhere}/secrets?$skiptoken=x` });
    onPage(1, { kind: 'status', status: 200, body }, 1);
    const before = requests();
    expect((await failure(vault.list('other', signal()))).message).toContain('another host');
    expect(requests()).toBe(before + 1);
  });
});

describe('without a token', () => {
  it.each([
    ['the credential fails', () => Promise.reject(new Error(`secret ${VALUE}`))],
    ['the credential gives none', () => Promise.resolve(null)],
  ])('no call succeeds: %s', async (_what, getToken) => {
    const tokenless = createKeyVault({ ...local, credential: { getToken }, ca: local.authority.caPem });
    expect((await failure(tokenless.read(REF, signal()))).code).toBe('TOKEN_UNAVAILABLE');
    expect((await failure(tokenless.list('team', signal()))).code).toBe('TOKEN_UNAVAILABLE');
  });

  it('a credential that hangs does not hold the call', async () => {
    const credential = { getToken: () => new Promise<null>(() => {}) };
    const held = createKeyVault({ ...local, credential, ca: local.authority.caPem });
    const found = await failure(held.read(REF, AbortSignal.timeout(200)));
    expect(['TOKEN_UNAVAILABLE', 'VAULT_UNAVAILABLE']).toContain(found.code);
  });
});
