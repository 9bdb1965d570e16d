import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';

const JSON_TYPE = { 'content-type': 'application/json' };
const ZIPPED = { ...JSON_TYPE, 'content-encoding': 'gzip' };

type Attack = (request: IncomingMessage, response: ServerResponse) => void;

function zipped(text: string): Attack {
  const body = gzipSync(text);
  return (_request, response) => {
    response.writeHead(200, ZIPPED);
    response.end(body);
  };
}

/** What looks like the object that is asked for, until one reads on; what fits the bounds of a list is none after all. */
const object = (more: string): string =>
  `{"metadata":{"name":"pg","namespace":"app-1","uid":"u","resourceVersion":"1",${more}},"type":"Opaque","items":0}`;

/** A page that says there is another, as each kind of service says it; whoever asks for something else gets no answer. */
const endless =
  (of: RegExp): Attack =>
  (request, response) => {
    const { url = '', headers } = request;
    if (!of.test(url)) return undefined;
    if (url.includes('/api/v1/')) return page(response, { metadata: { continue: 'more' }, items: ITEMS });
    if (url.startsWith('/secrets'))
      return page(response, { value: [], nextLink: `https://${headers.host}/secrets?api-version=7.6` });
    response.setHeader('x-ms-continuation-NextPartitionKey', 'more');
    response.setHeader('x-ms-continuation-NextRowKey', 'more');
    return page(response, { value: [] });
  };

const ITEMS = Array.from({ length: 310 }, (_, at) => ({
  metadata: {
    name: `n-${at}`,
    namespace: 'app-1',
    uid: 'u',
    resourceVersion: '1',
    labels: { 'app.kubernetes.io/managed-by': 'vaultcast' },
    annotations: { 'vaultcast.dev/accept': 'x'.repeat(3000), 'vaultcast.dev/sources': 'x'.repeat(3000) },
  },
}));

function page(response: ServerResponse, content: object): void {
  response.writeHead(200, JSON_TYPE);
  response.end(JSON.stringify(content));
}

/** So many bytes each 100 ms, until the other side has enough. */
function pouring(response: ServerResponse, chunk: Buffer, headers: Record<string, string> = JSON_TYPE): void {
  response.writeHead(200, headers);
  const timer = setInterval(() => void response.write(chunk), 100);
  response.on('close', () => clearInterval(timer));
}

/** Every kind of answer that is meant to stall, fill or fool whoever reads it; each is a few kilobytes to send. */
export const ATTACKS = {
  depth: () => zipped('['.repeat(4_000_000) + ']'.repeat(4_000_000)),
  'depth in an object': () =>
    zipped(object(`"managedFields":${'{"a":'.repeat(400_000)}1${'}'.repeat(400_000)}`)),
  'empty objects': () => zipped(object(`"ownerReferences":[${'{},'.repeat(700_000)}{}]`)),
  'empty objects, as many as fit': () => zipped(object(`"ownerReferences":[${'{},'.repeat(600_000)}{}]`)),
  names: () =>
    zipped(object(`"labels":{${Array.from({ length: 200_000 }, (_, at) => `"${at}":""`).join(',')}}`)),
  'escaped quotes': () => zipped(object(`"note":"${'\\"'.repeat(5_000_000)}"`)),
  'escaped quotes, as many as fit': () => zipped(object(`"note":"${'\\"'.repeat(2_000_000)}"`)),
  'escaped letters, as many as fit': () => zipped(object(`"note":"${'\\u0041'.repeat(650_000)}"`)),
  'depth behind a long text': () =>
    zipped(object(`"note":"${'x'.repeat(900_000)}","managedFields":${'['.repeat(9_000_000)}`)),
  'empty lists behind a long text': () =>
    zipped(object(`"note":"${'x'.repeat(900_000)}","ownerReferences":[${'[],'.repeat(4_000_000)}[]]`)),
  'one long number': () => zipped(object(`"generation":${'9'.repeat(3_900_000)}`)),
  ratio: () => zipped(' '.repeat(64 * 1024 * 1024)),
  'broken compression': () => (_request, response) => {
    response.writeHead(200, ZIPPED);
    response.end(gzipSync(object('"a":1')).subarray(0, 40));
  },
  drip: () => (_request, response) => pouring(response, Buffer.from(' ')),
  flood: () => (_request, response) => pouring(response, Buffer.alloc(1024 * 1024, '[')),
  silence: () => () => {},
  'a list of Secrets without an end': () => endless(/\/api\/v1\/.*secrets/),
  'a list of namespaces without an end': () => endless(/\/api\/v1\/namespaces\?/),
  'a list of a vault without an end': () => endless(/^\/secrets/),
  'rows without an end': () => endless(/^\/account/),
  'everything without an end, at once': () => endless(/./),
  echo: () => (request, response) => {
    const said = JSON.stringify({ kind: 'Status', message: request.headers, details: request.headers });
    response.writeHead(500, { ...JSON_TYPE, 'retry-after': '100' });
    response.end(said);
  },
  'echo for an answer': () => (request, response) => {
    const token = request.headers.authorization ?? '';
    const names = { name: token, namespace: token, uid: token, resourceVersion: token };
    const said = { metadata: names, type: token, items: [{ metadata: names }], value: [{ id: token }] };
    response.writeHead(200, JSON_TYPE);
    response.end(JSON.stringify({ ...said, kubeconfigs: [{ name: token, value: token }] }));
  },
} as const satisfies Record<string, () => Attack>;

export type AttackName = keyof typeof ATTACKS;
