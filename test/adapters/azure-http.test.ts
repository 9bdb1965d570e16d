import { gzipSync } from 'node:zlib';
import { createPipelineRequest, type HttpClient } from '@azure/core-rest-pipeline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAzureHttp } from '../../shared/adapters/azure-http.ts';
import { startAnswering, type AnsweringServer } from '../fuzz/answers.ts';
import { startSilent, type SilentServer } from './kubernetes/silent-server.ts';

const HOST = 'team.vault.localhost';
const JSON_TYPE = { 'content-type': 'application/json' };

let server: AnsweringServer;
let silent: SilentServer;
let http: HttpClient;
beforeAll(async () => {
  server = await startAnswering([HOST]);
  silent = await startSilent(await server.authority.issue([HOST]));
  http = createAzureHttp({ timeoutMs: 1000, bytes: 10_000, values: 100, ca: server.authority.caPem });
});
afterAll(async () => {
  await Promise.all([server.stop(), silent.stop()]);
});

const at = (port: number, more: Partial<Parameters<typeof createPipelineRequest>[0]> = {}) =>
  http.sendRequest(createPipelineRequest({ url: `https://${HOST}:${port}/secrets?a=b%2Fc`, ...more }));
const answering = (body: Buffer | string, headers: Record<string, string> = JSON_TYPE) => {
  server.answers = [{ status: 200, headers, body: Buffer.from(body) }];
  return at(server.port);
};

describe('a request of an Azure SDK', () => {
  it('goes as it was made, and comes back whole', async () => {
    server.answers = [
      { status: 201, headers: { ...JSON_TYPE, etag: 'W/"1"' }, body: Buffer.from('{"a":1}') },
    ];
    const answer = await at(server.port, { method: 'POST', body: '{"b":2}' });
    expect(server.asked.at(-1)).toMatchObject({ method: 'POST', url: '/secrets?a=b%2Fc', body: '{"b":2}' });
    expect(answer).toMatchObject({ status: 201, bodyAsText: '{"a":1}' });
    expect(answer.headers.get('ETag')).toBe('W/"1"');
  });

  it('reads a compressed answer', async () => {
    const answer = await answering(gzipSync('{"a":1}'), { ...JSON_TYPE, 'content-encoding': 'gzip' });
    expect(answer.bodyAsText).toBe('{"a":1}');
  });

  it.each([
    ['is too long', 'x'.repeat(10_001), {}],
    ['grows too long', gzipSync('x'.repeat(10_001)), { 'content-encoding': 'gzip' }],
    ['holds too much', `[${'{},'.repeat(100)}{}]`, {}],
  ])('ends in a failure of ours when its answer %s', async (_what, body, headers) => {
    const failure = answering(body, { ...JSON_TYPE, ...headers });
    await expect(failure).rejects.toMatchObject({ name: 'ExchangeFailure', kind: 'too-large' });
  });

  it('does not count what is no JSON', async () => {
    expect((await answering('<a>,,,[[[</a>'.repeat(50), { 'content-type': 'text/xml' })).status).toBe(200);
  });

  it('ends when there is no answer, or nobody waits for it, and gives up its connection', async () => {
    await expect(at(silent.port)).rejects.toMatchObject({ kind: 'late' });
    await silent.left;
    const gone = at(silent.port, { abortSignal: AbortSignal.timeout(50) });
    await expect(gone).rejects.toMatchObject({ kind: 'given-up' });
  });

  it('is an error that SDKs try again when there is no connection', async () => {
    await expect(at(1)).rejects.toMatchObject({ name: 'RestError', code: 'ECONNREFUSED' });
  });

  it('does not leave without TLS unless it is told to', async () => {
    const url = `http://${HOST}:${server.port}/`;
    await expect(http.sendRequest(createPipelineRequest({ url }))).rejects.toThrow('not https');
  });
});
