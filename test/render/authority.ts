import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A certificate and its private key, both PEM. */
export interface Issued {
  cert: string;
  key: string;
}

const RSA = ['-newkey', 'rsa:2048'];
const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
const CA = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,cRLSign'];
const SERVER = ['basicConstraints=CA:FALSE', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];

interface Wish {
  name: string;
  algorithm?: 'rsa' | 'ec';
  issuer?: Issued;
  ca?: boolean;
  days?: number;
  /** PEM of a key to certify instead of a new one. */
  key?: string;
}

/** The OpenSSL command line in a folder of its own. It has to be there: what it makes is not made elsewhere. */
export interface Openssl {
  run(args: readonly string[], input?: string): Buffer;
  path(name: string): string;
  write(name: string, content: string | Uint8Array): string;
  issue(wish: Wish): Issued;
  /** A PKCS#12 bundle of a key and certificates. */
  pkcs12(options: {
    key?: string;
    certs: readonly string[];
    password?: string;
    args?: readonly string[];
  }): Buffer;
  close(): void;
}

export function openOpenssl(): Openssl {
  const folder = mkdtempSync(join(tmpdir(), 'vaultcast-openssl-'));
  const path = (name: string): string => join(folder, name);
  const write = (name: string, content: string | Uint8Array): string => {
    writeFileSync(path(name), content);
    return path(name);
  };
  const run = (args: readonly string[], input = ''): Buffer =>
    execFileSync('openssl', args, { cwd: folder, input, stdio: ['pipe', 'pipe', 'ignore'] });
  const openssl = {
    run,
    path,
    write,
    issue: (wish: Wish) => issue(openssl, wish),
    pkcs12: (options: Parameters<Openssl['pkcs12']>[0]) => pkcs12(openssl, options),
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
  return openssl;
}

function issue(openssl: Pick<Openssl, 'run' | 'path' | 'write'>, wish: Wish): Issued {
  const { name, algorithm = 'ec', issuer, ca = false, days = 30, key } = wish;
  const newKey = [...(algorithm === 'rsa' ? RSA : EC), '-noenc', '-keyout', openssl.path('key.pem')];
  const ownKey = key === undefined ? newKey : ['-new', '-key', openssl.write('key.pem', key)];
  const signer =
    issuer === undefined
      ? []
      : ['-CA', openssl.write('ca.pem', issuer.cert), '-CAkey', openssl.write('ca-key.pem', issuer.key)];
  const extensions = (ca ? CA : SERVER).flatMap((extension) => ['-addext', extension]);
  const about = [
    '-x509',
    '-subj',
    `/CN=${name}`,
    '-days',
    String(days),
    '-config',
    openssl.write('none.cnf', CONFIG),
  ];
  openssl.run(['req', ...about, ...ownKey, ...signer, ...extensions, '-out', openssl.path('cert.pem')]);
  const read = (file: string): string => readFileSync(openssl.path(file), 'utf8');
  return { cert: read('cert.pem'), key: read('key.pem') };
}

/** No extension of the machine's own configuration is wanted. */
const CONFIG = '[req]\ndistinguished_name = dn\n[dn]\n';

function pkcs12(
  openssl: Pick<Openssl, 'run' | 'path' | 'write'>,
  { key, certs, password = '', args = [] }: Parameters<Openssl['pkcs12']>[0],
): Buffer {
  const withKey = key === undefined ? ['-nokeys'] : ['-inkey', openssl.write('in-key.pem', key)];
  const from = ['-in', openssl.write('in.pem', certs.join('')), ...withKey];
  const to = ['-out', openssl.path('out.p12'), '-passout', `pass:${password}`];
  openssl.run(['pkcs12', '-export', ...from, ...to, ...args]);
  return readFileSync(openssl.path('out.p12'));
}
