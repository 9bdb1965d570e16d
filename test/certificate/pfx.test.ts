import { createPrivateKey, X509Certificate } from 'node:crypto';
import forge from 'node-forge';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SourceVersion } from '../../shared/source/source.ts';
import { fromDer, integer, octets, toDer } from '../../shared/certificate/asn1.ts';
import { readPfx } from '../../shared/certificate/pfx.ts';
import { aRoute } from '../support/documents.ts';
import { type Issued, type Openssl, openOpenssl } from '../render/authority.ts';
import {
  anExplicitRoute,
  aPem,
  aPfx,
  aVersion,
  bytesAt,
  refusalOf,
  render,
  texts,
} from '../render/builders.ts';

type Asn1 = forge.asn1.Asn1;

const SECRET = 'app-1--web';
const route = aRoute('app-1', { layout: 'flat', type: 'kubernetes.io/tls' });

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

const certified = (version: SourceVersion) => render(route, { [SECRET]: version });

describe('a certificate as PKCS#12', () => {
  const FORMS = [
    ['modern', []],
    ['legacy RC2 and 3DES', ['-legacy']],
    ['legacy without MAC', ['-legacy', '-nomac']],
    ['without MAC', ['-nomac']],
    ['unencrypted', ['-keypbe', 'NONE', '-certpbe', 'NONE']],
    ['SHA-512 and 3DES', ['-macalg', 'sha512', '-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'PBE-SHA1-3DES']],
    ['AES-128', ['-keypbe', 'AES-128-CBC', '-certpbe', 'AES-128-CBC']],
    ['AES-192', ['-keypbe', 'AES-192-CBC', '-certpbe', 'AES-192-CBC']],
  ] as const;

  it.each(FORMS.flatMap(([form, args]) => [[form, 'RSA', args] as const, [form, 'EC', args] as const]))(
    '%s with an %s key becomes the same as PEM',
    async (_, algorithm, args) => {
      const { cert, key } = algorithm === 'RSA' ? rsaLeaf : leaf;
      const bundle = openssl.pkcs12({ key, certs: [cert, root.cert, issuing.cert], args });
      const expected = await certified(aPem(cert, key, issuing.cert, root.cert));
      expect(texts(await certified(aPfx(bundle)))).toEqual(texts(expected));
    },
  );

  it('may come in lines, and as hex with the tag that says so', async () => {
    const bundle = openssl.pkcs12({ key: leaf.key, certs: [leaf.cert] });
    const expected = await certified(aPfx(bundle));
    const lines = (bundle.toString('base64').match(/.{1,76}/g) ?? []).join('\r\n');
    expect((await certified(aVersion(lines, { contentType: 'application/x-pkcs12' }))).data).toEqual(
      expected.data,
    );
    const hex = aVersion(bundle.toString('hex'), {
      contentType: 'application/x-pkcs12',
      tags: { 'file-encoding': 'hex' },
    });
    expect((await certified(hex)).data).toEqual(expected.data);
  });

  it('is told from PEM without a content type, too', async () => {
    const bundle = openssl.pkcs12({ key: leaf.key, certs: [leaf.cert] });
    const expected = await certified(aPfx(bundle));
    expect((await certified(aVersion(bundle.toString('base64')))).data).toEqual(expected.data);
    expect((await certified(aVersion(leaf.cert + leaf.key))).data).toEqual(expected.data);
  });

  it.each([
    ['no key', () => openssl.pkcs12({ certs: [leaf.cert] }), 'holds no private key'],
    [
      'another password',
      () => openssl.pkcs12({ key: leaf.key, certs: [leaf.cert], password: 'x' }),
      'does not open with the empty password',
    ],
    [
      'another password and no MAC',
      () => openssl.pkcs12({ key: leaf.key, certs: [leaf.cert], password: 'x', args: ['-nomac'] }),
      'does not open with the empty password',
    ],
    ['garbage', () => Buffer.from('hunter2 hunter2 hunter2'), 'neither PEM nor PKCS#12'],
    [
      'a cut end',
      () => openssl.pkcs12({ key: leaf.key, certs: [leaf.cert] }).subarray(0, 400),
      'does not open with',
    ],
    ['nesting without end', () => Buffer.alloc(18_000, 0x30), 'neither PEM nor PKCS#12'],
    [
      'a flipped bit',
      () => flipped(openssl.pkcs12({ key: leaf.key, certs: [leaf.cert] })),
      'does not open with',
    ],
  ])('is refused with %s, without bytes', async (_, bundle, reason) => {
    const refusal = await refusalOf(certified(aPfx(bundle())));
    expect(refusal).toContain(reason);
    expect(refusal).not.toMatch(/hunter2|[A-Za-z0-9+/]{40}/);
  });

  it.each(['undefined', 'null'])(
    'is not tried with the word %s where no password is known',
    async (password) => {
      const locked = openssl.pkcs12({ key: leaf.key, certs: [leaf.cert], password, args: ['-legacy'] });
      await expect(readPfx(locked, { source: SECRET })).rejects.toThrow(
        'does not open with the empty password',
      );
      expect((await readPfx(locked, { source: SECRET, password })).certificates).toHaveLength(1);
    },
  );

  it('is refused when it is not base64', async () => {
    const refusal = await refusalOf(certified(aVersion('hunter2!', { contentType: 'application/x-pkcs12' })));
    expect(refusal).toBe(
      `secret ${SECRET} holds no certificate: it is neither PEM nor PKCS#12, and is not base64 of them`,
    );
  });

  it.each([
    ['of the MAC', ['-keypbe', 'NONE', '-certpbe', 'NONE']],
    ['of the key', ['-nomac', '-certpbe', 'NONE']],
    ['of the certificates', ['-nomac', '-keypbe', 'NONE', '-certpbe', 'AES-256-CBC']],
    ['of a legacy key', ['-legacy', '-nomac', '-certpbe', 'NONE']],
  ])('is refused before it is decrypted when the iteration count %s is absurd', async (_, args) => {
    const bundle = openssl.pkcs12({ key: leaf.key, certs: [leaf.cert], args });
    const absurd = toDer(withCount(fromDer(bundle), 0x7fff_ffff));
    // So many rounds would take hours.
    const refusal = await refusalOf(certified(aPfx(absurd)));
    expect(refusal).toBe(
      `secret ${SECRET} is encrypted with more than 200000 iterations: protect it with fewer`,
    );
  });

  it('is said not to open when its cipher is unknown, whatever its iteration count', async () => {
    const args = ['-nomac', '-keypbe', 'AES-256-CBC', '-certpbe', 'NONE'];
    const bundle = ofUnknownCipher(openssl.pkcs12({ key: leaf.key, certs: [leaf.cert], args }));
    for (const one of [bundle, toDer(withCount(fromDer(bundle), 0x7fff_ffff))])
      expect(await refusalOf(certified(aPfx(one)))).toMatch(/ does not open with the empty password: /);
  });
});

const AES_256 = '\x60\x86\x48\x01\x65\x03\x04\x01\x2a';

/** The same bundle with a cipher that nobody knows in the place of AES-256. */
const ofUnknownCipher = (bundle: Buffer): Buffer =>
  Buffer.from(bundle.toString('latin1').replaceAll(AES_256, `${AES_256.slice(0, -1)}\x2f`), 'latin1');

/** The same structure with every iteration count (2048, OpenSSL's own) replaced. */
function withCount(node: Asn1, count: number): Asn1 {
  const { asn1 } = forge;
  if (typeof node.value !== 'string')
    return { ...node, value: node.value.map((part) => withCount(part, count)) };
  if (node.type === asn1.Type.INTEGER && node.value === asn1.integerToDer(2048).getBytes())
    return integer(count);
  if (node.type !== asn1.Type.OCTETSTRING || !node.value.startsWith('0')) return node;
  try {
    return octets(toDer(withCount(fromDer(Buffer.from(node.value, 'binary')), count)));
  } catch {
    return node; // bytes that only look like a sequence
  }
}

function flipped(bundle: Buffer): Buffer {
  const copy = Buffer.from(bundle);
  const middle = Math.floor(copy.length / 2);
  copy[middle] = (copy[middle] ?? 0) ^ 1;
  return copy;
}

describe('a bundle made without any password', () => {
  it('opens like one with the empty password', async () => {
    const key = forge.pki.privateKeyFromPem(rsaLeaf.key);
    const cert = forge.pki.certificateFromPem(
      openssl.issue({ name: 'rsa', algorithm: 'rsa', key: rsaLeaf.key }).cert,
    );
    const bundle = forge.pkcs12.toPkcs12Asn1(key, cert, null, { algorithm: '3des' });
    const opened = await readPfx(toDer(bundle), { source: SECRET });
    expect(opened.certificates.map((one) => one.subject)).toEqual(['CN=rsa']);
    expect(opened.keys).toHaveLength(1);
  });
});

describe('tls.p12', () => {
  const PASSWORD = 'app-1--web-password';
  const store = anExplicitRoute({ 'tls.p12': { certificate: SECRET, part: 'p12', password: PASSWORD } });
  const made = async (version: SourceVersion, password = 'changeit') =>
    render(store, { [SECRET]: version, [PASSWORD]: password });

  it.each(['RSA', 'EC'])(
    'with an %s key opens with its password and holds key and chain',
    async (algorithm) => {
      const { cert, key } = algorithm === 'RSA' ? rsaLeaf : leaf;
      const rendered = await made(aPem(key, cert, issuing.cert, root.cert));
      const opened = await readPfx(bytesAt(rendered, 'tls.p12'), { source: SECRET, password: 'changeit' });
      expect(opened.certificates.map(({ raw }) => raw)).toEqual(
        [cert, issuing.cert].map((pem) => new X509Certificate(pem).raw),
      );
      expect(opened.keys.map((one) => one.equals(createPrivateKey(key)))).toEqual([true]);
    },
  );

  it('is opened by OpenSSL, and not with another password', async () => {
    const file = openssl.write(
      'store.p12',
      bytesAt(await made(aPem(leaf.key, leaf.cert, issuing.cert)), 'tls.p12'),
    );
    const open = (password: string) =>
      openssl.run(['pkcs12', '-in', file, '-noenc', '-passin', `pass:${password}`]).toString();
    expect(open('changeit')).toContain(leaf.key.trim());
    expect(open('changeit').match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    expect(() => open('wrong')).toThrow('Command failed');
  });

  it('stays byte by byte as it is while its inputs do, and changes with each of them', async () => {
    const version = aPem(leaf.key, leaf.cert, issuing.cert);
    const { data } = await made(version);
    expect((await made(aPem(issuing.cert, leaf.cert, leaf.key))).data).toEqual(data);
    expect(
      (await made(aPfx(openssl.pkcs12({ key: leaf.key, certs: [leaf.cert, issuing.cert] })))).data,
    ).toEqual(data);
    const others = [
      await made(version, 'other'),
      await made(aPem(leaf.key, leaf.cert)),
      await made(aPem(rsaLeaf.key, rsaLeaf.cert)),
    ];
    expect(new Set([data, ...others.map((other) => other.data)].map((one) => one['tls.p12'])).size).toBe(4);
  });

  it('is repaired when somebody changed it in the Secret', async () => {
    const values = { [SECRET]: aPem(leaf.key, leaf.cert), [PASSWORD]: 'changeit' };
    const { data } = await render(store, values);
    expect((await render(store, values, { 'tls.p12': 'AAAA' })).data).toEqual(data);
  });

  it('is refused with an empty password, and says when Java cannot open it', async () => {
    const version = aPem(leaf.key, leaf.cert);
    expect(await refusalOf(made(version, ''))).toBe(
      'the password for tls.p12 is empty: if there is to be none, say password: none',
    );
    expect((await made(version, 'geheim-ü')).notes).toEqual([
      'the password holds more than printable ASCII (a line break, perhaps), so Java cannot open tls.p12',
    ]);
  });
});
