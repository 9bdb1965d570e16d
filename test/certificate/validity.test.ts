import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aRoute } from '../support/documents.ts';
import { type Issued, type Openssl, openOpenssl } from '../render/authority.ts';
import { aPem, render, textAt } from '../render/builders.ts';
import { dated } from '../render/dated.ts';

const SECRET = 'app-1--web';
const route = aRoute('app-1', { layout: 'flat', type: 'kubernetes.io/tls' });

let openssl: Openssl;
let root: Issued;
let issuing: Issued;
let leaf: Issued;
beforeAll(() => {
  openssl = openOpenssl();
  root = openssl.issue({ name: 'root', ca: true, days: 300 });
  issuing = openssl.issue({ name: 'issuing', ca: true, issuer: root });
  leaf = openssl.issue({ name: 'leaf', issuer: issuing });
});
afterAll(() => openssl.close());

const PAST = { from: -900, to: -9 };
const FUTURE = { from: 9, to: 900 };

const serials = (pem: string): string[] =>
  (pem.match(/-----BEGIN[^]*?-----END CERTIFICATE-----/g) ?? []).map(
    (one) => new X509Certificate(one).serialNumber,
  );
const serial = (pem: string): string => new X509Certificate(pem).serialNumber;

async function tls(...blocks: string[]) {
  const { data, notes, ...rest } = await render(route, { [SECRET]: aPem(...blocks) });
  const rendered = { data, notes, ...rest };
  const authority = Object.hasOwn(data, 'ca.crt') ? serials(textAt(rendered, 'ca.crt')) : [];
  return { chain: serials(textAt(rendered, 'tls.crt')), authority, notes };
}

const note = (name: string, what: string): string => `certificate CN=${name} of secret ${SECRET} ${what}`;

describe('certificates of which some are not valid now', () => {
  it('leave an expired cross certificate out, and name it', async () => {
    const old = openssl.issue({ name: 'old root', ca: true });
    const issuer = { name: 'old root', key: old.key };
    const cross = await dated({ name: 'root', key: root.key, issuer, ca: true, ...PAST });
    const found = await tls(leaf.key, leaf.cert, issuing.cert, cross, old.cert);
    expect(found).toEqual({
      chain: [serial(leaf.cert), serial(issuing.cert)],
      authority: [],
      notes: [note('old root', 'is not part of the chain: left out'), note('root', 'has expired: left out')],
    });
  });

  it('prefer a cross certificate that is valid to a root that has expired', async () => {
    const old = openssl.issue({ name: 'old root', ca: true });
    const cross = openssl.issue({ name: 'root', ca: true, key: root.key, issuer: old });
    const expired = await dated({ name: 'root', key: root.key, ca: true, ...PAST });
    const found = await tls(leaf.key, leaf.cert, issuing.cert, expired, cross.cert, old.cert);
    expect(found.chain).toEqual([leaf, issuing, cross].map(({ cert }) => serial(cert)));
    expect(found.authority).toEqual([serial(old.cert)]);
    expect(found.notes).toEqual([note('root', 'has expired: left out')]);
  });

  it('keep a root that has expired when it is the only one, and say so', async () => {
    const expired = await dated({ name: 'root', key: root.key, ca: true, ...PAST });
    const found = await tls(leaf.key, leaf.cert, issuing.cert, expired);
    expect(found.authority).toEqual([serial(expired)]);
    expect(found.notes).toEqual([note('root', 'has expired')]);
  });

  it('prefer, of two with one key, the one that is valid already', async () => {
    const issuer = { name: 'issuing', key: issuing.key };
    const next = await dated({ name: 'leaf', key: leaf.key, issuer, ...FUTURE });
    const found = await tls(leaf.key, next, leaf.cert, issuing.cert);
    expect(found.chain).toEqual([serial(leaf.cert), serial(issuing.cert)]);
    expect(found.notes).toEqual([note('leaf', 'is not valid yet: left out')]);
  });

  it('prefer, of two with one key, the valid one that lasts longest', async () => {
    const longer = openssl.issue({ name: 'leaf', key: leaf.key, issuer: issuing, days: 200 });
    const found = await tls(leaf.key, leaf.cert, longer.cert, issuing.cert);
    expect(found.chain[0]).toBe(serial(longer.cert));
  });

  it('are served when the leaf itself has expired, for there is no other, and it is said', async () => {
    const issuer = { name: 'issuing', key: issuing.key };
    const expired = await dated({ name: 'leaf', key: leaf.key, issuer, ...PAST });
    const found = await tls(leaf.key, expired, issuing.cert);
    expect(found).toEqual({
      chain: [serial(expired), serial(issuing.cert)],
      authority: [],
      notes: [note('leaf', 'has expired')],
    });
  });
});
