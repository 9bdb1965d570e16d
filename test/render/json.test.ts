import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aRoute } from '../support/documents.ts';
import { anExplicitRoute, aVersion, detailOf, refusalOf, render, textAt, texts } from './builders.ts';
import { reaching, SEED } from '../support/reach.ts';

const SECRET = 'app-1--pg';
const expanding = aRoute('app-1', { json: 'expand' });

const property = async (value: string, name: string) =>
  textAt(await render(anExplicitRoute({ k: { secret: SECRET, property: name } }), { [SECRET]: value }), 'k');
const pointer = async (value: string, path: string) =>
  textAt(await render(anExplicitRoute({ k: { secret: SECRET, pointer: path } }), { [SECRET]: value }), 'k');

describe('a property of a JSON secret', () => {
  it.each([
    ['"text\\n"', 'text\n'],
    ['""', ''],
    ['9007199254740993', '9007199254740993'],
    ['1e21', '1e21'],
    ['-0', '-0'],
    ['1.10', '1.10'],
    ['123456789012345678901234567890.000', '123456789012345678901234567890.000'],
    ['true', 'true'],
    ['null', 'null'],
    ['[1.10, {"a": -0}]', '[1.10,{"a":-0}]'],
    ['{"user":"a\\"b"}', '{"user":"a\\"b"}'],
  ])('written %s becomes %j', async (written, text) => {
    expect(await property(`{"other": 1, "it": ${written}}`, 'it')).toBe(text);
  });

  it.each(['__proto__', 'constructor', 'a b', 'a/b', 'a.b', 'ü'])('may be called %s', async (name) => {
    expect(await property(`{${JSON.stringify(name)}: "x"}`, name)).toBe('x');
  });

  it.each(['__proto__', 'constructor', 'toString', 'it'])(
    'called %s is missed when it is not there',
    async (name) => {
      expect(await refusalOf(property('{"other": "hunter2"}', name))).toBe(
        `secret ${SECRET} has no property ${name}`,
      );
    },
  );

  it('is missed in a list and in a text', async () => {
    expect(await refusalOf(property('["length"]', 'length'))).toContain('no property length');
    expect(await refusalOf(property('"text"', 'length'))).toContain('no property length');
  });

  it('may be base64 itself', async () => {
    const route = anExplicitRoute({ k: { secret: SECRET, property: 'it', encoding: 'base64' } });
    expect(textAt(await render(route, { [SECRET]: '{"it":"YmFy"}' }), 'k')).toBe('bar');
    expect(await refusalOf(render(route, { [SECRET]: '{"it":"foo"}' }))).toBe(
      `it of secret ${SECRET} is not base64`,
    );
  });

  it('is found in a secret that was uploaded as base64', async () => {
    const route = anExplicitRoute({ k: { secret: SECRET, property: 'it' } });
    const value = aVersion(Buffer.from('{"it":"ü"}').toString('base64'), {
      tags: { 'file-encoding': 'base64' },
    });
    expect(textAt(await render(route, { [SECRET]: value }), 'k')).toBe('ü');
  });

  it('can be taken from every secret of a route', async () => {
    const route = aRoute('app-1', { layout: 'flat', key: 'password', json: { pointer: '/db/password' } });
    const rendered = await render(route, { [SECRET]: '{"db":{"password":"x"}}' });
    expect(texts(rendered)).toEqual({ password: 'x' });
  });
});

describe('a JSON Pointer', () => {
  const value = '{"db":{"hosts":["a","b"]},"a/b":1,"m~n":2,"x.y":3,"":4,"01":5}';

  it.each([
    ['/db/hosts/0', 'a'],
    ['/db/hosts', '["a","b"]'],
    ['/a~1b', '1'],
    ['/m~0n', '2'],
    ['/x.y', '3'],
    ['/', '4'],
    ['/01', '5'],
  ])('%s finds %s', async (path, text) => {
    expect(await pointer(value, path)).toBe(text);
  });

  it.each([
    '/db/hosts/2',
    '/db/hosts/00',
    '/db/hosts/-',
    '/db/hosts/length',
    '/a~1b/x',
    '/db/none/x',
    '/__proto__',
  ])('%s finds nothing and says so', async (path) => {
    expect(await refusalOf(pointer(value, path))).toBe(`secret ${SECRET} has nothing at ${path}`);
  });

  it('that is empty means the whole document', async () => {
    expect(await pointer('{"a": 1.0}', '')).toBe('{"a":1.0}');
  });
});

describe('JSON that is none', () => {
  it.each(['hunter2', '{"a": hunter2}', '', '{"a":1,}', "{'a':1}"])(
    '%j is refused without an excerpt',
    async (value) => {
      expect(await refusalOf(property(value, 'a'))).toBe(`the value of secret ${SECRET} is not JSON`);
    },
  );

  it.each(['\uFEFF{"a":"x"}', ' \n\t{"a":"x"}\r\n', '\uFEFF {"a":"x"}'])(
    '%j is JSON: a byte order mark and blanks do not count',
    async (value) => {
      expect(await property(value, 'a')).toBe('x');
      expect(await pointer(value, '/a')).toBe('x');
      expect(texts(await render(expanding, { [SECRET]: value }))).toEqual({ a: 'x' });
    },
  );

  it('is refused when it is nested beyond reason', async () => {
    const deep = '['.repeat(12_000) + ']'.repeat(12_000);
    expect(await refusalOf(property(deep, 'a'))).toMatch(/nested too deep|no property/);
  });
});

describe('json: expand', () => {
  it('makes one key of every property', async () => {
    const value = '{"user":"app","port":5432,"ratio":1.10,"tls":true,"hosts":["a"],"__proto__":"p"}';
    expect(Object.entries(texts(await render(expanding, { [SECRET]: value })))).toEqual([
      ['__proto__', 'p'],
      ['hosts', '["a"]'],
      ['port', '5432'],
      ['ratio', '1.10'],
      ['tls', 'true'],
      ['user', 'app'],
    ]);
  });

  it('spells keys in the case the route asks for', async () => {
    const route = aRoute('app-1', { json: 'expand', keyCase: 'UPPER_SNAKE' });
    expect(texts(await render(route, { [SECRET]: '{"db-user":"a","port":1}' }))).toEqual({
      DB_USER: 'a',
      PORT: '1',
    });
    const alike = render(route, { [SECRET]: '{"a-b":"x","a_b":"y"}' });
    expect(await refusalOf(alike)).toBe(`two properties of secret ${SECRET} make the same key`);
    expect(await detailOf(alike)).toBe(`two properties of secret ${SECRET} make the key A_B`);
  });

  it('counts the names that are no keys, lists them to a person at a terminal, and says no value', async () => {
    const rendering = render(expanding, { [SECRET]: '{"ok":"hunter2","a b":"x","..c":1,"":2}' });
    const refusal = `secret ${SECRET} has 3 properties whose name cannot be a key of a Secret`;
    expect(await refusalOf(rendering)).toBe(refusal);
    expect(await detailOf(rendering)).toBe(`${refusal}: "a b", "..c", ""`);
  });

  it('lists ten such names at most, each cut at 64 characters: they come from the value', async () => {
    const names = Array.from({ length: 11 }, (_, at) => `${at} `.padEnd(65, 'x'));
    const object = Object.fromEntries(names.map((name) => [name, '']));
    const shown = names.slice(0, 10).map((name) => `"${name.slice(0, 64)}"`);
    expect(await detailOf(render(expanding, { [SECRET]: JSON.stringify(object) }))).toBe(
      `secret ${SECRET} has 11 properties whose name cannot be a key of a Secret: ${shown.join(', ')}, …`,
    );
  });

  it.each(['[1]', '"text"', '1.10', 'null'])('refuses %s: it has no properties', async (value) => {
    expect(await refusalOf(render(expanding, { [SECRET]: value }))).toContain('is no object to expand');
  });

  it('refuses two secrets that make the same key', async () => {
    const refusal = await refusalOf(
      render(expanding, { 'app-1--pg--a': '{"user":"x"}', 'app-1--pg--b': '{"user":"y"}' }),
    );
    expect(refusal).toBe('secrets app-1--pg--a and app-1--pg--b both make the key user');
  });

  it('gives back what any object of texts was made of', ({ task }) =>
    reaching(task, { 'many properties': 'often', 'a text that JSON escapes': 'often' }, async (saw) => {
      const keys = fc.stringMatching(/^[-_a-zA-Z0-9]{1,20}$/);
      const units = fc.oneof(
        fc.string({ unit: 'grapheme', maxLength: 9 }),
        fc.constantFrom('"', '\\', '\n', '\0', '\u2028'),
      );
      const anyText = fc.array(units, { maxLength: 12, size: 'max' }).map((parts) => parts.join(''));
      const objects = fc.dictionary(keys, anyText, {
        minKeys: 1,
        maxKeys: 12,
        size: 'max',
        noNullPrototype: false,
      });
      const property = fc.asyncProperty(objects, async (object) => {
        saw('many properties', Object.keys(object).length > 5);
        const written = JSON.stringify(object);
        saw('a text that JSON escapes', written.includes('\\'));
        expect(texts(await render(expanding, { [SECRET]: written }))).toEqual(object);
      });
      await fc.assert(property, { seed: SEED });
    }));
});
