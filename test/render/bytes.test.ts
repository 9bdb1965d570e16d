import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aRoute } from '../support/documents.ts';
import { anExplicitRoute, aVersion, bytesAt, refusalOf, render } from './builders.ts';
import { reaching, SEED } from '../support/reach.ts';

const SECRET = 'app-1--pg--password';
const whole = aRoute('app-1');
const decoding = (encoding: string) => anExplicitRoute({ value: { secret: SECRET, encoding } });
const tagged = (encoding: string, value: string) => ({
  [SECRET]: aVersion(value, { tags: { 'file-encoding': encoding } }),
});

describe('the bytes of a text secret', () => {
  it.each([
    ['a trailing newline', 'secret\n'],
    ['CRLF', 'a\r\nb\r\n'],
    ['a byte order mark', '\uFEFFsecret'],
    ['NUL', 'a\0b'],
    ['emoji', 'pass🔑word'],
    ['blanks around it', '  secret\t'],
    ['nothing', ''],
    ['25 kB', 'x'.repeat(25_600)],
  ])('are exact with %s', async (_, value) => {
    const rendered = await render(whole, { [SECRET]: value });
    expect(bytesAt(rendered, 'password')).toEqual(Buffer.from(value, 'utf8'));
  });

  it('are exact for every well-formed text', ({ task }) =>
    reaching(task, { 'beyond ASCII': 'often', 'longer than a line': 'often' }, async (saw) => {
      const values = fc.string({ unit: 'binary', maxLength: 200, size: 'max' });
      const property = fc.asyncProperty(values, async (value) => {
        fc.pre(value.isWellFormed());
        saw('beyond ASCII', /[^\0-\u007F]/.test(value));
        saw('longer than a line', value.length > 80);
        const rendered = await render(whole, { [SECRET]: value });
        expect(bytesAt(rendered, 'password').toString('utf8')).toBe(value);
      });
      await fc.assert(property, { seed: SEED });
    }));

  it('do not exist for a lone surrogate', async () => {
    expect(await refusalOf(render(whole, { [SECRET]: 'a\uD800b' }))).toBe(
      `the value of secret ${SECRET} is not well-formed Unicode`,
    );
  });
});

/** Of base64 alone, and of two lengths in three. */
const SOME = { least: 0.1, because: 'only base64 is padded, and not at every length' };

describe('the option encoding', () => {
  it.each([
    ['base64', 'YmFy'],
    ['base64', 'YmE='],
    ['base64', ''],
    ['base64', 'YmFy\n'],
    ['base64', 'Ym\r\nFy\r\n'],
    ['hex', '62\n61\n'],
    ['base64url', '-_-_'],
    ['base64url', 'YmE'],
    ['base64url', 'YmE='],
    ['hex', '00fF'],
  ])('decodes %s %j', async (encoding, value) => {
    const rendered = await render(decoding(encoding), { [SECRET]: value });
    expect(bytesAt(rendered, 'value')).toEqual(
      Buffer.from(value.replaceAll(/\s/g, ''), encoding as BufferEncoding),
    );
  });

  it.each([
    ['base64', 'foo'],
    ['base64', ' YmFy'],
    ['base64', 'Ym Fy'],
    ['base64', '-_-_'],
    ['base64', 'YmE'],
    ['base64', 'YmF='],
    ['base64', 'Y=mF'],
    ['base64url', '+/+/'],
    ['base64url', 'YmE=='],
    ['hex', '0'],
    ['hex', '0g'],
    ['hex', '0x00'],
  ])('refuses %s %j without quoting it', async (encoding, value) => {
    const refusal = await refusalOf(render(decoding(encoding), { [SECRET]: value }));
    expect(refusal).toBe(`the value of secret ${SECRET} is not ${encoding}`);
  });

  it('turns any bytes back into themselves', ({ task }) =>
    reaching(task, { 'no UTF-8': 'often', padded: SOME }, async (saw) => {
      const encodings = fc.constantFrom('base64', 'base64url', 'hex') as fc.Arbitrary<
        'base64' | 'base64url' | 'hex'
      >;
      const anyBytes = fc.uint8Array({ maxLength: 200, size: 'max' });
      const property = fc.asyncProperty(anyBytes, encodings, async (bytes, encoding) => {
        const value = Buffer.from(bytes).toString(encoding);
        saw('no UTF-8', !isUtf8(bytes));
        saw('padded', value.endsWith('='));
        const rendered = await render(decoding(encoding), { [SECRET]: value });
        expect(bytesAt(rendered, 'value')).toEqual(Buffer.from(bytes));
      });
      await fc.assert(property, { seed: SEED });
    }));

  it('wins over the tag of the secret', async () => {
    const rendered = await render(decoding('utf-8'), tagged('base64', 'YmFy'));
    expect(bytesAt(rendered, 'value').toString()).toBe('YmFy');
  });

  it('applies to every secret of a route that says so', async () => {
    const rendered = await render(aRoute('app-1', { encoding: 'hex' }), { [SECRET]: '6261' });
    expect(bytesAt(rendered, 'password').toString()).toBe('ba');
  });

  it('turns literal \\n into line breaks when asked, and never otherwise', async () => {
    const value = String.raw`a\nb`;
    const asked = anExplicitRoute({ value: { secret: SECRET, unescapeNewlines: true } });
    expect(bytesAt(await render(asked, { [SECRET]: value }), 'value').toString()).toBe('a\nb');
    const windows = { [SECRET]: String.raw`a\r\nb` };
    expect(bytesAt(await render(asked, windows), 'value').toString()).toBe('a\nb');
    expect(bytesAt(await render(whole, { [SECRET]: value }), 'password').toString()).toBe(value);
  });
});

describe('the tag file-encoding', () => {
  it.each(['File-Encoding', 'FILE-ENCODING'])('counts when it is written %s', async (key) => {
    const version = aVersion('aGk=', { tags: { [key]: 'Base64' } });
    expect(bytesAt(await render(whole, { [SECRET]: version }), 'password')).toEqual(Buffer.from('hi'));
  });

  it.each([
    ['utf-8', 'a\n', Buffer.from('a\n')],
    ['UTF-8', 'ü', Buffer.from('ü')],
    ['ascii', 'a', Buffer.from('a')],
    ['base64', 'YmFy', Buffer.from('bar')],
    ['Base64', 'YmFy', Buffer.from('bar')],
    ['HEX', '6261', Buffer.from('ba')],
    ['utf-16le', 'aü', Buffer.from('aü', 'utf16le')],
    ['UTF-16BE', 'a', Buffer.from([0, 0x61])],
  ])('%s makes the bytes of the file that was uploaded', async (encoding, value, bytes) => {
    expect(bytesAt(await render(whole, tagged(encoding, value)), 'password')).toEqual(bytes);
  });

  it('reads base64 in lines, as the Azure CLI writes it', async () => {
    const bytes = Buffer.alloc(200, 0xa5);
    const lines = (bytes.toString('base64').match(/.{1,76}/g) ?? []).map((line) => `${line}\n`).join('');
    expect(bytesAt(await render(whole, tagged('base64', lines)), 'password')).toEqual(bytes);
  });

  it.each([
    ['base64', 'no base64!'],
    ['hex', 'zz'],
    ['ascii', 'ü'],
    ['latin-1', 'a'],
  ])('%s is refused when the value does not follow it', async (encoding, value) => {
    const refusal = await refusalOf(render(whole, tagged(encoding, value)));
    expect(refusal).toContain(SECRET);
    expect(refusal).toContain('file-encoding');
    expect(refusal).not.toContain('no base64!');
  });
});
