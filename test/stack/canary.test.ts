import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Code } from '../../shared/errors.ts';
import type { Fault } from '../local/network/faults.ts';
import { eventually } from '../local/stack/eventually.ts';
import { startStack } from '../local/stack/start.ts';
import type { Stack } from '../local/stack/start.ts';
import { rowsOf } from '../local/stack/storage.ts';
import { applyTenancy, routeYaml } from '../local/stack/tenancy.ts';
import { toldByDashboard } from './dashboard.ts';
import { leaksIn, spellings } from './leaks.ts';
import type { Captured } from './leaks.ts';

const ODD = ['"', '\\', 'ö', '/', '&', '=', '+', '%', ' ', '<', '>', '\n', ''];
const random = (): string => randomBytes(3).toString('hex');

/** Long, with every character that some encoding changes, and so mixed that no two share an excerpt. */
const canary = (): string => ODD.map((odd) => `${random()}${odd}`).join('');

const values: string[] = [];
/** What must have happened for the search to mean something. */
const CODES: Code[] = [
  'DELIVERED',
  'NOT_ACCEPTED',
  'BAD_NAME',
  'RENDER_REFUSED',
  'SECRET_INVALID',
  'CONFLICT',
  'CLUSTER_UNAUTHORIZED',
  'CLUSTER_FORBIDDEN',
  'CLUSTER_FAILED',
  'CLUSTER_UNREACHABLE',
  'VAULT_FORBIDDEN',
  'VAULT_UNAVAILABLE',
  'REGISTRY_UNAVAILABLE',
  'RUN_DONE',
];
const CLUSTERS = ['weu-1', 'neu-1'];
/** What HTTP functions answered. */
const said: Captured[] = [];
/** What the dashboard told of the same tables. */
const told: Captured[] = [];
let stack: Stack;

/** Sets a value with a canary in it, delivers the event, and gives the status of the answer. */
async function rotate(secret: string, value = canary(), wrap = (text: string) => text): Promise<number> {
  values.push(value);
  return (await stack.rotate(secret, wrap(value))).answer.status;
}

/** What an API server, a proxy before it or a vault may answer: it quotes what it was sent, or what it holds. */
function echoes(value: string): Fault[] {
  const encoded = Buffer.from(value).toString('base64');
  const message = `data[password]: Invalid value: "${encoded}": also known as ${value}`;
  const details = { causes: [{ reason: 'FieldValueInvalid', message, field: 'data[password]' }] };
  const refusal = { kind: 'Status', status: 'Failure', reason: 'Invalid', message, code: 422, details };
  const denial = {
    ...refusal,
    details: {},
    message: `admission webhook "guard" denied the request: ${value}`,
  };
  const status = (code: number, text = JSON.stringify(refusal)): Fault => ({
    kind: 'status',
    status: code,
    body: text,
  });
  return [
    ...[400, 401, 403, 404, 409, 413, 422, 500].map((code) => status(code)),
    status(403, JSON.stringify({ ...denial, code: 403, reason: 'Forbidden' })),
    status(200, `<html>${value}</html>`),
    status(200, `{"value": "${value}`),
    { kind: 'redirect', location: `https://elsewhere.localhost/${encodeURIComponent(value)}` },
  ];
}

async function rotateAgainst(server: Stack['vault']['server'], method: string): Promise<void> {
  for (const fault of echoes(values[0] ?? '')) {
    const remove = server.inject({ fault, when: (request) => request.method === method });
    await rotate('app-1--pg--password', values[0]);
    remove();
    // A success in between: a cluster that only fails would soon not be asked any more.
    await rotate('app-1--pg--password');
  }
}

async function misuse(): Promise<void> {
  const flat = { namespaces: ['app-1'], layout: 'flat' };
  const property = { ...flat, prefix: 'app-1--json--', json: { property: 'missing' } };
  await stack.apply(routeYaml('app-1-property', property));
  await stack.apply(routeYaml('app-1-expand', { ...flat, prefix: 'app-1--expand--', json: 'expand' }));
  await rotate('app-1--json--credentials', canary(), (password) => JSON.stringify({ password }));
  await rotate('app-1--json--credentials', canary(), (text) => `{${text}`);
  await rotate('app-1--expand--credentials', canary(), (password) => JSON.stringify({ 'a/b': password }));
}

async function outages(): Promise<void> {
  const { tables, queues } = stack.storage;
  await stack.cluster('neu-1').server.down();
  await rotate('app-1--pg--password');
  await tables.down();
  await rotate('app-1--pg--password');
  await queues.down();
  expect(await rotate('app-1--pg--password')).toBe(500);
  await Promise.all([tables.up(), queues.up()]);
  await stack.cluster('neu-1').server.up();
}

/** A whole run, and what the app says of itself. */
async function lookAround(): Promise<void> {
  await stack.hosts[0]?.run('reconcile-timer');
  const done = () => stack.lines().filter(({ code }) => code === 'RUN_DONE').length;
  await eventually(() => done() >= CLUSTERS.length, 30_000);
  // What an API server quotes is what the rows are about now.
  const [quoted = ''] = values;
  for (const fault of echoes(quoted).filter((one) => one.kind === 'status' && one.status === 422))
    stack.cluster('weu-1').server.inject({ fault, when: ({ method }) => method === 'PUT' });
  await rotate('app-1--pg--password', quoted);
  const headers = { 'x-functions-key': stack.functionsKey };
  for (const path of ['/api/health', '/api/status', '/api/metrics']) {
    const response = await stack.hosts[0]?.http(path, { headers });
    said.push({ where: 'an HTTP answer', text: `${response?.status} ${await response?.text()}` });
  }
  told.push(...(await toldByDashboard(stack, ['app-1--pg--password', 'app-1--json--credentials'])));
}

beforeAll(async () => {
  stack = await startStack({ clusters: CLUSTERS });
  await applyTenancy(stack);
  for (const secret of ['app-1--pg--password', 'app-2--mq--password', 'app-3--redis--password', 'app-1---x'])
    await rotate(secret);
  await misuse();
  await rotateAgainst(stack.cluster('weu-1').server, 'PUT');
  await rotateAgainst(stack.cluster('weu-1').server, 'GET');
  await rotateAgainst(stack.vault.server, 'GET');
  await outages();
  await lookAround();
}, 180_000);
afterAll(() => stack.stop());

const bearerTokens = (): string[] => {
  const servers = [stack.vault.server, ...stack.sites.map(({ name }) => stack.cluster(name).server)];
  const headers = servers.flatMap(({ requests }) =>
    requests.map((request) => request.headers['authorization']),
  );
  return [...new Set(headers.flatMap((header) => header?.replace('Bearer ', '') ?? []))];
};

/** Everything that left the app, but for what it wrote into clusters. */
async function captured(): Promise<Captured[]> {
  const { storage, hosts, answers } = stack;
  const sent = [...storage.tables.requests, ...storage.queues.requests];
  const rows = await Promise.all(
    (['Targets', 'Runs', 'Endpoints'] as const).map((table) => rowsOf(storage, table)),
  );
  return [
    ...hosts.flatMap(({ lines }) => lines.map((text) => ({ where: 'a log line', text }))),
    ...answers.map((answer) => ({ where: 'an HTTP answer', text: JSON.stringify(answer) + answer.body })),
    ...said,
    ...told,
    ...sent.map(({ method, path, query, body = '' }) => ({
      where: `${method} ${path}`,
      text: `${path} ${decodeURIComponent(query)} ${body}`,
    })),
    ...rows.flat().map((row) => ({ where: 'a row', text: JSON.stringify(row) })),
  ];
}

describe('the search for secrets', () => {
  const secret = canary();

  it.each(Object.entries(spellings(secret)))('finds a secret that is %s', (_, text) => {
    expect(leaksIn([{ where: 'here', text: `before ${text} after` }], [secret])).not.toEqual([]);
  });

  it.each([0, 1, 2])('finds a secret in a base64 message, %i bytes after its start', (before) => {
    const message = Buffer.from(`${'-'.repeat(before)}${JSON.stringify({ secret })}`).toString('base64');

    expect(
      leaksIn([{ where: 'queue', text: `<MessageText>${message}</MessageText>` }], [secret]),
    ).not.toEqual([]);
  });

  it('finds an excerpt of a secret', () => {
    const text = `Unexpected token, "${secret.slice(3, 13)}"... is not valid JSON`;

    expect(leaksIn([{ where: 'here', text }], [secret])).toEqual(['secret 0 as an excerpt in here']);
  });

  it('finds nothing in a text without a secret', async () => {
    expect(leaksIn(await captured(), [canary()])).toEqual([]);
  });
});

describe('of a run with refusals, echoing answers and outages', () => {
  it('there is something to search: lines, answers, messages and rows', async () => {
    const codes = () => new Set(stack.lines().map(({ code }) => code));
    await eventually(() => {
      expect([...codes()]).toEqual(expect.arrayContaining(CODES));
      return true;
    });
    const places = await captured();
    const at = (where: string) => places.filter((place) => place.where === where);
    const messages = places.filter(({ where }) => /^POST .*\/push\/messages$/.test(where));

    expect(codes()).not.toContain('INTERNAL');
    expect(messages.length).toBeGreaterThan(5);
    expect(at('a row').length).toBeGreaterThan(3);
    expect(at('an HTTP answer').filter(({ text }) => text.includes('"status":500'))).toHaveLength(1);
    expect(said.map(({ text }) => text.slice(0, 4))).toEqual(['200 ', '200 ', '200 ']);
    expect(told.map(({ text }) => text.slice(0, 4))).toEqual(told.map(() => '200 '));
    expect(told.filter(({ text }) => text.includes('SECRET_INVALID')).length).toBeGreaterThan(1);
    expect(bearerTokens().length).toBeGreaterThan(1);
  });

  it('no line comes after the end of its invocation', () => {
    const lines = stack.hosts.flatMap((host) => host.lines);

    expect(lines.filter((line) => line.includes("Unexpected call to 'log'"))).toEqual([]);
  });

  it('no value of a secret is in lines, answers, messages and rows', async () => {
    expect(leaksIn(await captured(), values)).toEqual([]);
  });

  it('no token, identity header or account key is in lines, answers, messages and rows', async () => {
    const key = /AccountKey=([^;]+)/.exec(stack.storage.connectionString)?.[1] ?? '';
    const signatures = bearerTokens().map((token) => token.split('.')[2] ?? token);

    const hostKeys = stack.hosts.flatMap((host) => Object.values(host.keys));
    const keys = [stack.trust.tokens.identityHeader, stack.functionsKey, key, ...hostKeys];

    expect(leaksIn(await captured(), [...signatures, ...keys])).toEqual([]);
  });
});
