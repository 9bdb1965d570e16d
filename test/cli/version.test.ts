import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { version } from '../../shared/version.ts';
import { run } from './run.ts';

let server: Server | undefined;
afterEach(() => void server?.close());

/** Something that answers at /api/health, on this machine. */
async function answering(status: number, body: string): Promise<Record<string, string>> {
  server = createServer((request, response) => {
    response.writeHead(request.url === '/api/health' ? status : 404, { 'content-type': 'application/json' });
    response.end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { FUNCTION_APP_URL: `http://127.0.0.1:${port}` };
}

const healthOf = (of: string): string => JSON.stringify({ status: 'ok', version: of, commit: 'abcdef0' });

describe('vaultcast --version', () => {
  it('prints the version of the command alone where nothing says where the app is', async () => {
    expect(await run(['--version'])).toEqual({ code: 0, out: `${version()}\n`, err: '' });
  });

  it('prints the version of the app beside it', async () => {
    const env = await answering(200, healthOf(version()));
    expect(await run(['--version'], { env })).toEqual({
      code: 0,
      out: `${version()}\napp ${version()} (commit abcdef0)\n`,
      err: '',
    });
  });

  it('says when the app is of another version, also while its settings are refused', async () => {
    const env = await answering(503, healthOf('0.1.0'));
    const ran = await run(['--version'], { env });
    expect(ran).toMatchObject({ code: 0, out: expect.stringContaining('app 0.1.0 (commit abcdef0)') });
    expect(ran.err).toBe(`this command is ${version()} and the app is 0.1.0: install or deploy the same\n`);
  });

  it.each([
    [200, 'a page'],
    [200, '{}'],
    [404, ''],
  ])('says that no app answered when it got %i with %j', async (status, body) => {
    const env = await answering(status, body);
    expect(await run(['--version'], { env })).toEqual({
      code: 0,
      out: `${version()}\n`,
      err: `${env['FUNCTION_APP_URL']} (FUNCTION_APP_URL) did not say its version\n`,
    });
  });
});
