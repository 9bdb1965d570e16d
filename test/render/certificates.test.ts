import { createPrivateKey, X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SourceVersion } from '../../shared/source/source.ts';
import { identityIn } from '../../shared/certificate/chain.ts';
import { readPem } from '../../shared/certificate/pem.ts';
import { aRoute } from '../support/documents.ts';
import { type Issued, type Openssl, openOpenssl } from './authority.ts';
import { anExplicitRoute, aPem, READ_AT, refusalOf, render, textAt, texts } from './builders.ts';
import { reaching, SEED } from '../support/reach.ts';

const SECRET = 'app-1--web';
const route = aRoute('app-1', { layout: 'flat', type: 'kubernetes.io/tls' });

let openssl: Openssl;
let root: Issued;
let issuing: Issued;
let leaf: Issued;
let rsaLeaf: Issued;
let alone: Issued;
let stranger: Issued;

beforeAll(() => {
  openssl = openOpenssl();
  root = openssl.issue({ name: 'root', ca: true });
  issuing = openssl.issue({ name: 'issuing', ca: true, issuer: root });
  leaf = openssl.issue({ name: 'leaf', issuer: issuing });
  rsaLeaf = openssl.issue({ name: 'rsa leaf', algorithm: 'rsa', issuer: issuing });
  alone = openssl.issue({ name: 'alone' });
  stranger = openssl.issue({ name: 'stranger', ca: true });
});
afterAll(() => openssl.close());

const der = (pem: string): Buffer => new X509Certificate(pem).raw;
const certificatesIn = (pem: string): Buffer[] =>
  (pem.match(/-----BEGIN CERT[^]*?-----END CERTIFICATE-----\n/g) ?? []).map(der);
const certified = (version: SourceVersion) => render(route, { [SECRET]: version });

describe('a certificate as PEM', () => {
  it('becomes leaf and issuers, root and PKCS#8 key, whatever the order', async () => {
    const rendered = await certified(aPem(root.cert, leaf.key, issuing.cert, leaf.cert));
    expect(Object.keys(rendered.data)).toEqual(['ca.crt', 'tls.crt', 'tls.key']);
    expect(certificatesIn(textAt(rendered, 'tls.crt'))).toEqual([der(leaf.cert), der(issuing.cert)]);
    expect(certificatesIn(textAt(rendered, 'ca.crt'))).toEqual([der(root.cert)]);
    expect(textAt(rendered, 'tls.key')).toMatch(
      /^-----BEGIN PRIVATE KEY-----\n[^]*-----END PRIVATE KEY-----\n$/,
    );
    expect(createPrivateKey(textAt(rendered, 'tls.key')).equals(createPrivateKey(leaf.key))).toBe(true);
    expect(rendered.notes).toEqual([]);
  });

  it('is byte-equal under every permutation of its blocks', async ({ task }) => {
    const blocks = [root.cert, issuing.cert, leaf.cert, leaf.key, stranger.cert, leaf.cert];
    const expected = await certified(aPem(...blocks));
    await reaching(
      task,
      { 'a key before its certificate': 'often', 'another order': 'often' },
      async (saw) => {
        const orders = fc.shuffledSubarray(blocks, { minLength: blocks.length });
        const property = fc.asyncProperty(orders, async (shuffled) => {
          saw('a key before its certificate', shuffled.indexOf(leaf.key) < shuffled.indexOf(leaf.cert));
          saw(
            'another order',
            shuffled.some((block, at) => block !== blocks[at]),
          );
          const rendered = await certified(aPem(...shuffled));
          expect(rendered.data).toEqual(expected.data);
          expect(rendered.notes).toEqual(expected.notes);
        });
        await fc.assert(property, { numRuns: 40, seed: SEED });
      },
    );
  });

  it.each(['PKCS#1', 'SEC1'])('takes a key in %s and gives PKCS#8', async (form) => {
    const { cert, key } = form === 'PKCS#1' ? rsaLeaf : leaf;
    const command = form === 'PKCS#1' ? ['rsa', '-traditional'] : ['ec'];
    const traditional = openssl.run(command, key).toString();
    expect(traditional).toMatch(/BEGIN (RSA|EC) PRIVATE KEY/);
    const rendered = await certified(aPem(traditional, cert));
    expect(textAt(rendered, 'tls.key')).toContain('-----BEGIN PRIVATE KEY-----');
  });

  it('reads CRLF, text around the blocks, and a secret pasted into one line when asked', async () => {
    const messy = `Bag Attributes\r\n  friendlyName: x\r\n${leaf.cert}subject=/CN=x\n${leaf.key}`.replaceAll(
      '\n',
      '\r\n',
    );
    const expected = await certified(aPem(leaf.cert, leaf.key));
    expect((await certified(aPem(messy))).data).toEqual(expected.data);
    const asked = aRoute('app-1', { layout: 'flat', type: 'kubernetes.io/tls', unescapeNewlines: true });
    const oneLine = aPem((leaf.cert + leaf.key).replaceAll('\n', String.raw`\n`));
    expect(await refusalOf(certified(oneLine))).toContain('cannot be read');
    expect((await render(asked, { [SECRET]: oneLine })).data).toEqual(expected.data);
  });

  it('keeps a self-signed leaf, which is its own root', async () => {
    const rendered = await certified(aPem(alone.cert, alone.key));
    expect(certificatesIn(textAt(rendered, 'tls.crt'))).toEqual([der(alone.cert)]);
    expect(certificatesIn(textAt(rendered, 'ca.crt'))).toEqual([der(alone.cert)]);
  });

  it('keeps what connects when an intermediate is missing, and names what does not', async () => {
    const rendered = await certified(aPem(root.cert, leaf.cert, leaf.key));
    expect(certificatesIn(textAt(rendered, 'tls.crt'))).toEqual([der(leaf.cert)]);
    expect(Object.keys(rendered.data)).toEqual(['tls.crt', 'tls.key']);
    expect(rendered.notes).toEqual([
      `certificate CN=root of secret ${SECRET} is not part of the chain: left out`,
    ]);
  });

  it('is not fooled by an authority of the same name', async () => {
    const impostor = openssl.issue({ name: 'issuing', ca: true, issuer: root });
    const rendered = await certified(aPem(impostor.cert, leaf.key, leaf.cert, issuing.cert));
    expect(certificatesIn(textAt(rendered, 'tls.crt'))).toEqual([der(leaf.cert), der(issuing.cert)]);
    expect(rendered.notes).toHaveLength(1);
  });

  it('prefers the certificate that lasts longest among those of one key', async () => {
    const renewed = openssl.issue({ name: 'leaf', issuer: issuing, key: leaf.key, days: 90 });
    const own = openssl.issue({ name: 'leaf', key: leaf.key, days: 365 });
    const rendered = await certified(aPem(leaf.cert, own.cert, renewed.cert, leaf.key, issuing.cert));
    expect(certificatesIn(textAt(rendered, 'tls.crt'))).toEqual([der(renewed.cert), der(issuing.cert)]);
  });

  it.each([
    [
      'no key',
      () => aPem(leaf.cert),
      `secret ${SECRET} holds no private key: is the certificate's key exportable?`,
    ],
    ['no certificate', () => aPem(leaf.key), `secret ${SECRET} holds no certificate`],
    [
      'a key of another',
      () => aPem(leaf.cert, rsaLeaf.key),
      `the private key of secret ${SECRET} fits none of its certificates`,
    ],
    ['two keys', () => aPem(leaf.cert, leaf.key, alone.cert, alone.key), 'holds several private keys'],
    ['garbage', () => aPem('hunter2'), 'holds no certificate'],
    [
      'a broken block',
      () => aPem('-----BEGIN CERTIFICATE-----\nhunter2\n-----END CERTIFICATE-----\n'),
      'holds a CERTIFICATE block that cannot be read',
    ],
    [
      'a broken key',
      () => aPem(leaf.cert, '-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----\n'),
      'holds a PRIVATE KEY block that cannot be read',
    ],
    [
      'an encrypted key',
      () => aPem(leaf.cert, openssl.run(['pkcs8', '-topk8', '-passout', 'pass:x'], leaf.key).toString()),
      'holds a private key that is encrypted: a route of layout explicit can name its password',
    ],
    [
      'an encrypted RSA key of old',
      () =>
        aPem(
          rsaLeaf.cert,
          openssl.run(['rsa', '-traditional', '-aes128', '-passout', 'pass:x'], rsaLeaf.key).toString(),
        ),
      'holds a private key that is encrypted: a route of layout explicit can name its password',
    ],
  ])('is refused with %s', async (_, version, reason) => {
    const refusal = await refusalOf(certified(version()));
    expect(refusal).toContain(reason);
    expect(refusal).not.toMatch(/hunter2|BEGIN|[A-Za-z0-9+/]{40}/);
  });
});

describe('certificate: expand', () => {
  const expanding = aRoute('app-1', { certificate: 'expand' });

  it('opens certificates and leaves other secrets as they are', async () => {
    const rendered = await render(expanding, {
      'app-1--web--cert': aPem(leaf.cert, leaf.key),
      'app-1--web--password': 'x',
    });
    expect(Object.keys(rendered.data)).toEqual(['password', 'tls.crt', 'tls.key']);
  });

  it('is only done when asked: otherwise a certificate is text like any other', async () => {
    const version = aPem(leaf.cert, leaf.key);
    const rendered = await render(aRoute('app-1'), { 'app-1--web--cert': version });
    expect(texts(rendered)).toEqual({ cert: version.value });
  });
});

describe('parts of a certificate', () => {
  const part = (name: string) => anExplicitRoute({ it: { certificate: SECRET, part: name } });

  it('stand under keys of the route’s choice', async () => {
    const version = aPem(leaf.cert, leaf.key, issuing.cert, root.cert);
    const expected = texts(await certified(version));
    const of = async (name: string) => textAt(await render(part(name), { [SECRET]: version }), 'it');
    expect(await of('chain')).toBe(expected['tls.crt']);
    expect(await of('key')).toBe(expected['tls.key']);
    expect(await of('ca')).toBe(expected['ca.crt']);
  });

  it('are refused when they are not there', async () => {
    const refusal = await refusalOf(render(part('ca'), { [SECRET]: aPem(leaf.cert, leaf.key) }));
    expect(refusal).toBe(`secret ${SECRET} holds no self-signed root for the key it`);
  });
});

describe('a chain', () => {
  it('of a cross-signed authority ends at the root that is there', async () => {
    const other = openssl.issue({ name: 'other root', ca: true });
    const cross = openssl.issue({ name: 'root', ca: true, issuer: other, key: root.key });
    const bundle = async (...certs: string[]) => {
      const text = [leaf.key, leaf.cert, issuing.cert, ...certs].join('');
      return identityIn(await readPem(text, { source: SECRET }), SECRET, READ_AT);
    };
    expect((await bundle(cross.cert, root.cert)).root?.subject).toBe('CN=root');
    const through = await bundle(cross.cert, other.cert);
    expect(through.chain.map((one) => one.subject)).toEqual(['CN=leaf', 'CN=issuing', 'CN=root']);
    expect(through.root?.subject).toBe('CN=other root');
  });
});
