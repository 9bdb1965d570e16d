import { X509Certificate } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { failureOf } from '../../../../shared/errors.ts';
import type { Failure } from '../../../../shared/errors.ts';
import type { Issued } from '../../../local/network/authority.ts';
import { pkcs12, startStored } from './setup.ts';

const TOKEN = { token: { secret: 'weu-1-token' } };
const CERTIFICATE = { clientCertificate: { secret: 'weu-1-cert' } };

type Here = Awaited<ReturnType<typeof startStored>>;
let local: Here | undefined;
afterEach(() => local?.stop());
async function start(options: Parameters<typeof startStored>[0] = {}): Promise<Here> {
  local = await startStored(options);
  return local;
}

async function failure(work: Promise<unknown>): Promise<Failure> {
  const found = await work.then((value) => {
    throw new Error(`no failure but ${JSON.stringify(value)}`);
  }, failureOf);
  expect(found.message).not.toMatch(/canary|BEGIN|MII/);
  return found;
}

describe('a bearer token of CREDENTIAL_VAULT', () => {
  it('is read once, however many calls want it', async () => {
    const here = await start();
    here.store('weu-1-token', `${here.known.token}\n`);
    await Promise.all(Array.from({ length: 10 }, () => here.observe(here.document(TOKEN))));
    await here.observe(here.document(TOKEN));
    expect(here.reads()).toBe(1);
    expect(new Set(here.cluster.server.requests.map(({ user }) => user))).toEqual(new Set(['pusher']));
  });

  it('is read again when the server refuses it, once for all who were refused', async () => {
    const here = await start();
    here.store('weu-1-token', here.known.token);
    await here.observe(here.document(TOKEN));
    here.known.token = 'token-canary-2';
    here.store('weu-1-token', here.known.token);
    here.pass(31_000);
    const views = await Promise.all(Array.from({ length: 5 }, () => here.observe(here.document(TOKEN))));
    expect(views.every((view) => view?.name === 'app-1')).toBe(true);
    expect(here.reads()).toBe(2);
  });

  it('that stays refused costs one read in half a minute', async () => {
    const here = await start();
    here.store('weu-1-token', 'wrong-canary');
    for (let calls = 0; calls < 5; calls += 1)
      expect(await failure(here.observe(here.document(TOKEN)))).toMatchObject({
        code: 'CLUSTER_UNAUTHORIZED',
      });
    expect(here.reads()).toBe(1);
    here.pass(31_000);
    await failure(here.observe(here.document(TOKEN)));
    expect(here.reads()).toBe(2);
  });

  it('works through a manager that serves many clusters under one host', async () => {
    const here = await start({ pathPrefix: '/k8s/clusters/c-1' });
    here.store('weu-1-token', here.known.token);
    expect(await here.observe(here.document(TOKEN))).toMatchObject({ name: 'app-1' });
    expect(here.cluster.server.requests[0]?.path).toBe('/k8s/clusters/c-1/api/v1/namespaces/app-1');
  });

  it.each([
    ['is empty', ' '],
    ['has several lines', 'canary\r\nHost: elsewhere'],
    ['is not ASCII', 'canary\u{212A}'],
    ['is endless', 'canary'.repeat(10_000)],
  ])('is refused when it %s', async (_, value) => {
    const here = await start();
    here.store('weu-1-token', value);
    expect(await failure(here.observe(here.document(TOKEN)))).toEqual({
      code: 'CLUSTER_CREDENTIAL',
      message: `cluster weu-1, get namespaces app-1: secret weu-1-token of CREDENTIAL_VAULT is no bearer token: one line of visible ASCII is wanted`,
    });
    expect(here.cluster.server.requests).toEqual([]);
  });
});

describe('a client certificate of CREDENTIAL_VAULT', () => {
  it.each(['PEM', 'PEM, key first', 'PKCS#12'])('logs in: %s', async (form) => {
    const here = await start();
    const issued = await here.authority.issueClient('pusher', 'system:masters');
    const value = {
      PEM: `${issued.cert}\n${issued.key}`,
      'PEM, key first': `${issued.key}\n${issued.cert}`,
      'PKCS#12': pkcs12(issued),
    }[form];
    here.store('weu-1-cert', value ?? '', form === 'PKCS#12' ? { contentType: 'application/x-pkcs12' } : {});
    await Promise.all([1, 2, 3].map(() => here.observe(here.document(CERTIFICATE))));
    expect(here.reads()).toBe(1);
    expect(here.cluster.server.requests.map(({ user }) => user)).toEqual(['pusher', 'pusher', 'pusher']);
    expect(here.cluster.server.requests[0]?.headers).not.toHaveProperty('authorization');
  });

  it('is read again when the server does not know it any more', async () => {
    const here = await start({ authenticate: async () => undefined });
    const [first, second] = await Promise.all(
      ['first', 'second'].map((name) => here.authority.issueClient(name, 'system:masters')),
    );
    here.store('weu-1-cert', `${first?.cert}${first?.key}`);
    await here.observe(here.document(CERTIFICATE));
    here.store('weu-1-cert', `${second?.cert}${second?.key}`);
    here.pass(31_000);
    here.cluster.server.inject({ fault: { kind: 'status', status: 401 }, times: 1 });
    expect(await here.observe(here.document(CERTIFICATE))).toMatchObject({ name: 'app-1' });
    expect(here.cluster.server.requests.at(-1)).toMatchObject({ status: 200, user: 'second' });
    expect(here.reads()).toBe(2);
  });

  it('is read again when a person asks what the cluster makes of it now', async () => {
    const here = await start();
    const [first, second] = await Promise.all(
      ['first', 'second'].map((name) => here.authority.issueClient(name, 'system:masters')),
    );
    here.store('weu-1-cert', `${first?.cert}${first?.key}`);
    await here.connect(here.document(CERTIFICATE), 'known');
    here.store('weu-1-cert', `${second?.cert}${second?.key}`);
    here.pass(31_000);
    const certificateOf = async (freshness: 'known' | 'now') => {
      const { auth } = await here.connect(here.document(CERTIFICATE), freshness);
      return 'certificate' in auth ? new X509Certificate(auth.certificate).fingerprint256 : '';
    };
    expect(await certificateOf('known')).toBe(new X509Certificate(first?.cert ?? '').fingerprint256);
    expect(await certificateOf('now')).toBe(new X509Certificate(second?.cert ?? '').fingerprint256);
  });

  it('is not sent after its end, and read again first', async () => {
    const here = await start();
    const issued = await here.authority.issueClient('pusher', 'system:masters');
    here.store('weu-1-cert', issued.cert + issued.key);
    here.pass(31 * 24 * 3600 * 1000);
    expect(await failure(here.observe(here.document(CERTIFICATE)))).toMatchObject({
      code: 'CLUSTER_CREDENTIAL',
      message: expect.stringMatching(/secret weu-1-cert of CREDENTIAL_VAULT expired on \d{4}-/),
    });
    expect(here.cluster.server.requests).toEqual([]);
  });

  it.each([
    ['is something else', () => 'canary', 'is not base64'],
    ['has no key', ({ cert }: Issued) => cert, 'holds no private key'],
    ['has only a key', ({ key }: Issued) => key, 'holds no certificate'],
    [
      'has the key of another',
      ({ cert }: Issued, { key }: Issued) => cert + key,
      'fits none of its certificates',
    ],
    ['is cut short', ({ cert, key }: Issued) => cert + key.replace(/MI.{20}/, ''), 'cannot be read'],
  ])('is refused when it %s', async (_, make, why) => {
    const here = await start();
    const one = await here.authority.issueClient('one');
    here.store('weu-1-cert', make(one, await here.authority.issueClient('other')));
    const found = await failure(here.observe(here.document(CERTIFICATE)));
    expect(found).toMatchObject({ code: 'CLUSTER_CREDENTIAL', message: expect.stringContaining(why) });
    expect(here.cluster.server.requests).toEqual([]);
  });
});

describe('CREDENTIAL_VAULT', () => {
  const readFailure = async (here: Here) => failure(here.observe(here.document(TOKEN)));

  it('says which secret is missing, disabled or deleted', async () => {
    const here = await start();
    expect(await readFailure(here)).toMatchObject({
      code: 'CLUSTER_CREDENTIAL',
      message: expect.stringContaining('secret weu-1-token of CREDENTIAL_VAULT is deleted'),
    });
    here.store('weu-1-token', 'x');
    here.vault.disable(here.vaultName, 'weu-1-token');
    expect(await readFailure(here)).toMatchObject({
      code: 'CLUSTER_CREDENTIAL',
      message: expect.stringContaining('is disabled'),
    });
  });

  it('that cannot be read makes its clusters wait, and no others', async () => {
    const here = await start();
    here.store('weu-1-token', here.known.token);
    const allow = here.vault.forbid(here.vaultName, 'firewall');
    const found = await readFailure(here);
    // A code of the vault would make every cluster of an event wait.
    expect(found).toMatchObject({ code: 'TOKEN_UNAVAILABLE' });
    expect(found.message).toContain('vault CREDENTIAL_VAULT, secret weu-1-token');
    allow();
    expect(await here.observe(here.document(TOKEN))).toMatchObject({ name: 'app-1' });
  });

  it('that is throttled makes its clusters wait for as long as it asks', async () => {
    const here = await start();
    const fault = { kind: 'status', status: 429, headers: { 'retry-after': '60' } } as const;
    here.vault.server.inject({ fault });
    expect(await readFailure(here)).toMatchObject({ code: 'TOKEN_UNAVAILABLE', retryAfterMs: 60_000 });
  });

  it('must be configured', async () => {
    const here = await start({ withoutVault: true });
    expect((await readFailure(here)).message).toContain('CREDENTIAL_VAULT is not configured');
  });

  it('gives a credential to the server that its tag `server` names, and to no other', async () => {
    const here = await start();
    const tags = { server: `${here.cluster.url.toUpperCase().replace('HTTPS', 'https')}/` };
    here.store('weu-1-token', here.known.token, { tags });
    expect(await here.observe(here.document(TOKEN))).toMatchObject({ name: 'app-1' });
    const other = here.document(TOKEN, { server: `${here.cluster.url}/k8s/clusters/mine` });
    expect(await failure(here.observe(other))).toMatchObject({
      code: 'CLUSTER_CREDENTIAL',
      message: expect.stringContaining('is for another server, as its tag `server` says'),
    });
    expect(here.cluster.server.requests).toHaveLength(1);
  });

  it.each([
    ['a token', TOKEN, 'weu-1-token'],
    ['a client certificate', CERTIFICATE, 'weu-1-cert'],
  ])('gives %s without a tag `server` to nobody', async (_, credential, secret) => {
    const here = await start();
    const issued = await here.authority.issueClient('pusher', 'system:masters');
    const value = secret === 'weu-1-token' ? here.known.token : issued.cert + issued.key;
    here.store(secret, value, { tags: { owner: 'platform' } });
    expect(await failure(here.observe(here.document(credential)))).toMatchObject({
      code: 'CLUSTER_CREDENTIAL',
      message: expect.stringContaining(`secret ${secret} of CREDENTIAL_VAULT has no tag \`server\``),
    });
    expect(here.cluster.server.requests).toEqual([]);
  });

  it.each(['', 'not an address', 'http://weu-1.k8s.localhost', 'https://weu-1.k8s.localhost:1'])(
    'gives a credential whose tag `server` is %j to nobody',
    async (server) => {
      const here = await start();
      here.store('weu-1-token', here.known.token, { tags: { server } });
      expect(await failure(here.observe(here.document(TOKEN)))).toMatchObject({ code: 'CLUSTER_CREDENTIAL' });
      expect(here.cluster.server.requests).toEqual([]);
    },
  );

  it('gives a credential that was tagged meanwhile, after half a minute', async () => {
    const here = await start();
    here.store('weu-1-token', here.known.token, { tags: {} });
    await failure(here.observe(here.document(TOKEN)));
    here.store('weu-1-token', here.known.token);
    await failure(here.observe(here.document(TOKEN)));
    here.pass(31_000);
    expect(await here.observe(here.document(TOKEN))).toMatchObject({ name: 'app-1' });
  });
});
