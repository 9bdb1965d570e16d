import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Issued, type Openssl, openOpenssl } from '../render/authority.ts';
import {
  anExplicitRoute,
  aPem,
  aPfx,
  bytesAt,
  refusalOf,
  render,
  textAt,
  type Values,
} from '../render/builders.ts';
import { dumpedByJava, listedByKeytool } from '../render/java.ts';

const SECRET = 'app-1--web';
const PASSWORD = 'app-1--web-password';

let openssl: Openssl;
let root: Issued;
let issuing: Issued;
let leaf: Issued;
let rsaLeaf: Issued;

beforeAll(() => {
  openssl = openOpenssl();
  root = openssl.issue({ name: 'root', ca: true });
  issuing = openssl.issue({ name: 'issuing', ca: true, issuer: root });
  leaf = openssl.issue({ name: 'leaf', issuer: issuing });
  rsaLeaf = openssl.issue({ name: 'rsa leaf', algorithm: 'rsa', issuer: issuing });
});
afterAll(() => openssl.close());

/** A Java process takes its time to start on a busy machine. */
const JAVA = { timeout: 120_000 };

const der = (pem: string): string => new X509Certificate(pem).raw.toString('base64');
const part = (options: object) => anExplicitRoute({ it: { certificate: SECRET, ...options } });
const made = (options: object, values: Values) => render(part(options), values);

describe('a store with a password', () => {
  it.each(['RSA', 'EC'])('with an %s key is opened by Java, keytool and Node', JAVA, async (algorithm) => {
    const { key, cert } = algorithm === 'RSA' ? rsaLeaf : leaf;
    const rendered = await made(
      { part: 'p12', password: PASSWORD },
      { [SECRET]: aPem(key, cert, issuing.cert), [PASSWORD]: 'changeit' },
    );
    const file = openssl.write('store.p12', bytesAt(rendered, 'it'));
    expect([...dumpedByJava('store', file, 'changeit')]).toEqual([['tls', `key ${der(cert)}`]]);
    expect(listedByKeytool(file, 'changeit')).toContain('PrivateKeyEntry');
    expect(() => createSecureContext({ pfx: bytesAt(rendered, 'it'), passphrase: 'changeit' })).not.toThrow();
    expect(() => createSecureContext({ pfx: bytesAt(rendered, 'it'), passphrase: 'other' })).toThrow('mac');
  });
});

describe('a store without a password', () => {
  it('is opened by Node without one, and by OpenSSL and Java with the empty one', JAVA, async () => {
    const rendered = await made({ part: 'p12', password: 'none' }, { [SECRET]: aPem(leaf.key, leaf.cert) });
    const bytes = bytesAt(rendered, 'it');
    expect(() => createSecureContext({ pfx: bytes })).not.toThrow();
    const file = openssl.write('none.p12', bytes);
    expect(openssl.run(['pkcs12', '-in', file, '-noenc', '-passin', 'pass:']).toString()).toContain(
      leaf.key.trim(),
    );
    expect([...dumpedByJava('store', file, '')]).toEqual([['tls', `key ${der(leaf.cert)}`]]);
    expect(rendered.used.size).toBe(1);
  });

  it('is only made when the route says so: an empty password is refused', async () => {
    const values = { [SECRET]: aPem(leaf.key, leaf.cert), [PASSWORD]: '' };
    expect(await refusalOf(made({ part: 'p12', password: PASSWORD }, values))).toBe(
      'the password for it is empty: if there is to be none, say password: none',
    );
  });
});

describe('a trust store', () => {
  const authorities = () => aPem(root.cert, issuing.cert, leaf.cert);

  it('of authorities without a key is one of trusted certificates to Java and keytool', JAVA, async () => {
    const values = { [SECRET]: authorities(), [PASSWORD]: 'changeit' };
    const rendered = await made({ part: 'truststore', password: PASSWORD }, values);
    const file = openssl.write('trust.p12', bytesAt(rendered, 'it'));
    expect([...dumpedByJava('store', file, 'changeit').values()].sort()).toEqual(
      [root, issuing].map(({ cert }) => `certificate ${der(cert)}`).sort(),
    );
    expect(listedByKeytool(file, 'changeit').match(/trustedCertEntry/g)).toHaveLength(2);
    expect(rendered.notes).toEqual([]);
  });

  it('as PEM holds the same authorities, and needs no password', async () => {
    const rendered = await made({ part: 'truststore', as: 'pem' }, { [SECRET]: authorities() });
    const found = textAt(rendered, 'it').match(/-----BEGIN[^]*?-----END CERTIFICATE-----\n/g) ?? [];
    expect(found.map(der).sort()).toEqual([root, issuing].map(({ cert }) => der(cert)).sort());
  });

  it('stays byte by byte as it is while its authorities do, in whatever order they come', async () => {
    const of = async (...pems: string[]) =>
      bytesAt(await made({ part: 'truststore', password: 'none' }, { [SECRET]: aPem(...pems) }), 'it');
    expect(await of(root.cert, issuing.cert)).toEqual(await of(issuing.cert, root.cert, issuing.cert));
    expect(await of(root.cert)).not.toEqual(await of(issuing.cert));
  });

  it('is refused without an authority in it', async () => {
    const values = { [SECRET]: aPem(leaf.cert) };
    expect(await refusalOf(made({ part: 'truststore', as: 'pem' }, values))).toBe(
      `secret ${SECRET} holds no authority that is valid`,
    );
  });
});

describe('a bundle that a password locks', () => {
  const locked = (args: readonly string[] = []) =>
    aPfx(openssl.pkcs12({ key: leaf.key, certs: [leaf.cert, root.cert], password: 'geheim-ü', args }));

  it.each([
    ['modern', []],
    ['legacy', ['-legacy']],
  ])('with %s encryption gives every part', async (_, args) => {
    const alone = openssl.issue({ name: 'leaf', key: leaf.key });
    const bundle = aPfx(openssl.pkcs12({ key: leaf.key, certs: [alone.cert], password: 'secret', args }));
    const values = { [SECRET]: bundle, [PASSWORD]: 'secret' };
    const of = async (name: string) => textAt(await made({ part: name, password: PASSWORD }, values), 'it');
    expect(await of('chain')).toBe(alone.cert);
    expect(await of('ca')).toBe(alone.cert);
    expect(createPrivateKey(await of('key')).equals(createPrivateKey(leaf.key))).toBe(true);
    const store = bytesAt(await made({ part: 'p12', password: PASSWORD }, values), 'it');
    expect(() => createSecureContext({ pfx: store, passphrase: 'secret' })).not.toThrow();
  });

  it('opens with a password that is not ASCII', async () => {
    const values = { [SECRET]: locked(), [PASSWORD]: 'geheim-ü' };
    expect(textAt(await made({ part: 'chain', password: PASSWORD }, values), 'it')).toBe(leaf.cert);
  });

  it('is refused with another password, which is not quoted', async () => {
    const values = { [SECRET]: locked(), [PASSWORD]: 'hunter2' };
    const refusal = await refusalOf(made({ part: 'chain', password: PASSWORD }, values));
    expect(refusal).toBe(
      `secret ${SECRET} is a PKCS#12 bundle that does not open with the password of the route`,
    );
  });

  it('may be an encrypted key in PEM, of either kind', async () => {
    const pkcs8 = openssl.run(['pkcs8', '-topk8', '-passout', 'pass:x'], leaf.key).toString();
    const old = openssl.run(['rsa', '-traditional', '-aes128', '-passout', 'pass:x'], rsaLeaf.key).toString();
    for (const [pem, { cert, key }] of [
      [pkcs8, leaf],
      [old, rsaLeaf],
    ] as const) {
      const values = (password: string) => ({ [SECRET]: aPem(pem, cert), [PASSWORD]: password });
      const rendered = await made({ part: 'key', password: PASSWORD }, values('x'));
      expect(createPrivateKey(textAt(rendered, 'it')).equals(createPrivateKey(key))).toBe(true);
      expect(await refusalOf(made({ part: 'key', password: PASSWORD }, values('y')))).toBe(
        `the password does not open the key of secret ${SECRET}`,
      );
    }
  });

  it('takes a password that is encoded like the other secrets of its route', async () => {
    const route = anExplicitRoute(
      { it: { certificate: SECRET, part: 'p12', password: PASSWORD } },
      { encoding: 'base64' },
    );
    const rendered = await render(route, {
      [SECRET]: Buffer.from(leaf.key + leaf.cert).toString('base64'),
      [PASSWORD]: Buffer.from('changeit').toString('base64'),
    });
    expect(() => createSecureContext({ pfx: bytesAt(rendered, 'it'), passphrase: 'changeit' })).not.toThrow();
  });
});

describe('a certificate whose key cannot be exported', () => {
  it.each([
    ['PEM', () => aPem(root.cert, issuing.cert, leaf.cert)],
    ['PKCS#12', () => aPfx(openssl.pkcs12({ certs: [issuing.cert, leaf.cert, root.cert] }))],
  ])('in %s gives its public chain, leaf first, and its root', async (_, version) => {
    const of = async (name: string) => textAt(await made({ part: name }, { [SECRET]: version() }), 'it');
    expect(await of('chain')).toBe(leaf.cert + issuing.cert);
    expect(await of('ca')).toBe(root.cert);
    expect(await refusalOf(of('key'))).toContain('holds no private key');
  });

  it('in DER is a chain of one', async () => {
    const version = aPfx(Buffer.from(der(leaf.cert), 'base64'));
    expect(textAt(await made({ part: 'chain' }, { [SECRET]: version }), 'it')).toBe(leaf.cert);
  });

  it('beside another one is refused: nobody can tell which is meant', async () => {
    const other = openssl.issue({ name: 'other', issuer: issuing });
    const values = { [SECRET]: aPem(leaf.cert, other.cert, issuing.cert) };
    expect(await refusalOf(made({ part: 'chain' }, values))).toBe(
      `secret ${SECRET} holds several certificates without a key: which one is meant?`,
    );
  });
});
