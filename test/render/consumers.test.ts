import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readFileSync } from 'node:fs';
import { createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aRoute } from '../support/documents.ts';
import { type Issued, type Openssl, openOpenssl } from './authority.ts';
import { aPfx, render, textAt } from './builders.ts';

let openssl: Openssl;
let root: Issued;
let issuing: Issued;

beforeAll(() => {
  openssl = openOpenssl();
  root = openssl.issue({ name: 'root', ca: true });
  issuing = openssl.issue({ name: 'issuing', ca: true, issuer: root });
});
afterAll(() => openssl.close());

/** Asks an HTTPS server on this machine, trusting one root and nothing else. */
async function ask(port: number, ca: string): Promise<string> {
  const asked = request({ host: '127.0.0.1', port, servername: 'localhost', ca, agent: false });
  asked.end();
  const [answer] = (await once(asked, 'response')) as [AsyncIterable<Buffer>];
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe('a tls Secret', () => {
  it.each(['rsa', 'ec'] as const)(
    'with an %s key serves HTTPS to a client that trusts only the root',
    async (algorithm) => {
      const { cert, key } = openssl.issue({ name: 'localhost', algorithm, issuer: issuing });
      const bundle = openssl.pkcs12({ key, certs: [root.cert, cert, issuing.cert], args: ['-legacy'] });
      const route = aRoute('app-1', { layout: 'flat', type: 'kubernetes.io/tls' });
      const secret = await render(route, { 'app-1--web': aPfx(bundle) });

      const server = createServer(
        { cert: textAt(secret, 'tls.crt'), key: textAt(secret, 'tls.key') },
        (_, response) => response.end('hello'),
      );
      await once(server.listen(0, '127.0.0.1'), 'listening');
      try {
        const { port } = server.address() as AddressInfo;
        expect(await ask(port, root.cert)).toBe('hello');
        expect(await ask(port, textAt(secret, 'ca.crt'))).toBe('hello');
        await expect(ask(port, openssl.issue({ name: 'root', ca: true }).cert)).rejects.toThrow(
          /certificate/,
        );
      } finally {
        server.close();
        server.closeAllConnections();
      }
    },
  );
});

describe('an ssh-auth Secret', () => {
  it('holds a key that ssh-keygen reads', async () => {
    const file = openssl.path('id_ed25519');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'test', '-f', file]);
    const read = (path: string) => execFileSync('ssh-keygen', ['-y', '-f', path]).toString();
    const value = readFileSync(file, 'utf8');
    const route = aRoute('app-1', { type: 'kubernetes.io/ssh-auth', layout: 'flat' });
    const secret = await render(route, { 'app-1--git': value });
    const delivered = openssl.write('delivered', textAt(secret, 'ssh-privatekey'));
    chmodSync(delivered, 0o600);
    expect(read(delivered)).toBe(read(file));
  });
});
