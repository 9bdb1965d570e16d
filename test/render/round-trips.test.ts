import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TaskMeta } from 'vitest';
import { reaching, SEED } from '../support/reach.ts';
import { aRoute } from '../support/documents.ts';
import { type Issued, type Openssl, openOpenssl } from './authority.ts';
import { anExplicitRoute, aPem, aVersion, bytesAt, render, textAt, texts } from './builders.ts';
import { dumpedByJava, listedByKeytool } from './java.ts';
import { FLOORS, sawSharp, sharpValue } from './sharp-values.ts';

/**
 * A value becomes a Secret, and what reads the Secret gives it back: 1,000 values each, of the characters that formats trip
 * over. Files of names and values: files.test.ts.
 */
const COUNT = 1000;
const SECRET = 'app-1--web';
const PASSWORD = 'app-1--web-password';

let openssl: Openssl;
let leaf: Issued;
let root: Issued;
beforeAll(() => {
  openssl = openOpenssl();
  root = openssl.issue({ name: 'root', ca: true });
  leaf = openssl.issue({ name: 'leaf', issuer: root });
});
afterAll(() => openssl.close());

/** Tries a property with 1,000 values, and prints how often they held what formats trip over. */
function forSharpValues(
  { task }: { task: { meta: TaskMeta } },
  check: (value: string) => Promise<void>,
): Promise<void> {
  return reaching(task, FLOORS, (saw) =>
    fc.assert(
      fc.asyncProperty(sharpValue, async (value) => {
        sawSharp(saw, value);
        await check(value);
      }),
      { numRuns: COUNT, seed: SEED },
    ),
  );
}

describe('a plain value', () => {
  const ENCODINGS = ['utf-8', 'base64', 'base64url', 'hex'] as const;
  const TAGS = ['utf-8', 'utf-16le', 'utf-16be', 'base64', 'hex'] as const;

  it('arrives byte by byte, in every encoding that a route or a tag says', async (context) => {
    await forSharpValues(context, async (value) => {
      for (const encoding of ENCODINGS) {
        const written = Buffer.from(value).toString(encoding);
        const rendered = await render(aRoute('app-1', { encoding }), { 'app-1--web--k': written });
        expect(textAt(rendered, 'k')).toBe(value);
      }
      for (const tag of TAGS) {
        const isText = tag !== 'base64' && tag !== 'hex';
        const written = isText ? value : Buffer.from(value).toString(tag);
        const version = aVersion(written, { tags: { 'file-encoding': tag } });
        const bytes = bytesAt(await render(aRoute('app-1'), { 'app-1--web--k': version }), 'k');
        expect(new TextDecoder(isText ? tag : 'utf-8', { ignoreBOM: true }).decode(bytes)).toBe(value);
      }
    });
  });
});

describe('a login', () => {
  it('of basic-auth gives user and password back, split or as JSON', async (context) => {
    const route = aRoute('app-1', { type: 'kubernetes.io/basic-auth' });
    await forSharpValues(context, async (value) => {
      const username = `u${value.replaceAll(/[:\n]/g, '')}`;
      const expected = { username, password: value };
      const json = JSON.stringify(expected);
      expect(texts(await render(route, { [SECRET]: json }))).toEqual(expected);
      // A line that begins like the other half of a document is asked for its format instead.
      if (/\n[ \t]*password[ \t]*[:=]/i.test(value)) return;
      expect(texts(await render(route, { [SECRET]: `${username}:${value}` }))).toEqual(expected);
    });
  });

  it('of a registry is what a kubelet reads, in its fields and in auth', async (context) => {
    const route = aRoute('app-1', { type: 'kubernetes.io/dockerconfigjson' });
    await forSharpValues(context, async (value) => {
      const login = { username: `u${value.replaceAll(':', '')}`, password: value };
      const rendered = await render(route, { [SECRET]: JSON.stringify({ registry: 'r.test', ...login }) });
      const { auths } = JSON.parse(textAt(rendered, '.dockerconfigjson')) as {
        auths: Record<string, { auth: string }>;
      };
      const { auth = '', ...fields } = auths['r.test'] ?? {};
      expect(fields).toEqual(login);
      expect(Buffer.from(auth, 'base64').toString()).toBe(`${login.username}:${value}`);
    });
  });
});

describe('a store', () => {
  const rendered = (password: string) =>
    render(anExplicitRoute({ it: { certificate: SECRET, part: 'p12', password: PASSWORD } }), {
      [SECRET]: aPem(leaf.key, leaf.cert),
      [PASSWORD]: password,
    });
  const store = async (password: string) => bytesAt(await rendered(password), 'it');

  const notesFor = async (password: string) => (await rendered(password)).notes;

  const opens = (pfx: Buffer, passphrase: string): boolean => {
    try {
      createSecureContext({ pfx, passphrase });
      return true;
    } catch {
      return false;
    }
  };
  /** Whether a store opens with its password and with another; why there is none. */
  const tried = (value: string) =>
    store(value).then(
      (pfx) => [opens(pfx, value), opens(pfx, `${value}x`)],
      (refusal: Error) => refusal.message,
    );

  it('is opened by Node with its password and with no other, or refused', async (context) => {
    await forSharpValues(context, async (value) => {
      const nul = value.includes('\0') ? 'the password for it holds a NUL character' : [true, false];
      const none = 'the password for it is empty: if there is to be none, say password: none';
      expect(await tried(value)).toEqual(value === '' ? none : nul);
    });
  });

  it('is opened by Java and by keytool with a password of printable ASCII, and it is said where that is none', async () => {
    const seen = fc.sample(sharpValue, { numRuns: COUNT, seed: SEED });
    const printable = (text: string) => text.replaceAll(/[^\x20-\x7e]/g, '') || 'x';
    const stores = await Promise.all(
      seen.map(async (value, at) => {
        const password = printable(value);
        return { password, file: openssl.write(`${at}.p12`, await store(password)) };
      }),
    );
    const list = stores.map(({ file, password }) => `${base64(file)} ${base64(password)}`).join('\n');
    const opened = dumpedByJava('stores', openssl.write('stores', list));
    const der = new X509Certificate(leaf.cert).raw.toString('base64');
    const wrong = stores.filter(({ file }) => opened.get(file) !== `tls key ${der}`);
    expect(wrong).toEqual([]);
    expect(opened.size).toBe(COUNT);
    expect(await notesFor('changeit')).toEqual([]);
    for (const unprintable of ['changeit\n', 'ä', '\u007f'])
      expect(await notesFor(unprintable)).toEqual([expect.stringMatching(/so Java cannot open it$/)]);
    const [sharp] = stores.filter(({ password }) => /[=#'"]/.test(password));
    expect(listedByKeytool(sharp?.file ?? '', sharp?.password ?? '')).toContain('PrivateKeyEntry');
  });
});

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('a certificate', () => {
  const route = (unescapeNewlines: boolean) =>
    aRoute('app-1', { layout: 'flat', type: 'kubernetes.io/tls', unescapeNewlines });
  const ends = fc.constantFrom('\n', '\r\n', ' ', String.raw`\n`, String.raw`\r\n`);

  it('serves TLS, whatever stands around its blocks, and however their lines end', async ({ task }) => {
    const floors = { ...FLOORS, 'literal line breaks': 'often' } as const;
    await reaching(task, floors, async (saw) => {
      const blocks = fc.shuffledSubarray([leaf.cert, leaf.key, root.cert], { minLength: 3 });
      const property = fc.asyncProperty(blocks, sharpValue, ends, async (shuffled, around, end) => {
        sawSharp(saw, around);
        saw('literal line breaks', end.startsWith('\\'));
        const text = shuffled
          .map((block) => `${around}\n${block}`)
          .join('')
          .replaceAll('\n', end);
        const { data, ...rest } = await render(route(end.startsWith('\\')), { [SECRET]: aVersion(text) });
        const [cert, key] = ['tls.crt', 'tls.key'].map((name) => textAt({ data, ...rest }, name));
        expect(() => createSecureContext({ cert, key })).not.toThrow();
        expect(new X509Certificate(cert ?? '').fingerprint256).toBe(
          new X509Certificate(leaf.cert).fingerprint256,
        );
      });
      await fc.assert(property, { numRuns: COUNT, seed: SEED });
    });
  });
});
