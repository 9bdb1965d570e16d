import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse as parseDotenv } from 'dotenv';
import fc from 'fast-check';
import { load as loadYaml } from 'js-yaml';
import { afterAll, describe, expect, it } from 'vitest';
import { writeEnv } from '../../shared/render/formats/env.ts';
import { aRoute } from '../support/documents.ts';
import { anExplicitRoute, refusalOf, render, textAt, texts } from './builders.ts';
import { dumpedByJava } from './java.ts';
import { reaching, SEED } from '../support/reach.ts';
import { FLOORS, sawSharp, sharpValue } from './sharp-values.ts';

/**
 * A value becomes a Secret, and the consumer's own parser gives it back: 1,000 values a format, of the characters that formats
 * trip over. Stores and logins: round-trips.test.ts.
 */
const COUNT = 1000;
const VALUES = fc.sample(sharpValue, { numRuns: COUNT, seed: SEED });
const PER_FILE = 200;

/** A Java process takes its time to start on a busy machine. */
const JAVA = { timeout: 120_000 };

const folder = mkdtempSync(join(tmpdir(), 'vaultcast-files-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const secretAt = (index: number): string => `app-1--s${index}`;

/** Files of these values under names that begin with `k`, rendered as the route would. */
async function filesOf(as: string, values: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (let from = 0; from < values.length; from += PER_FILE) {
    const part = values.slice(from, from + PER_FILE).map((text, at) => [from + at, text] as const);
    const fields = Object.fromEntries(part.map(([at]) => [`k${at}`, { secret: secretAt(at) }]));
    const route = anExplicitRoute({ file: { as, values: fields } });
    const secrets = Object.fromEntries(part.map(([at, text]) => [secretAt(at), text]));
    files.push(textAt(await render(route, secrets), 'file'));
  }
  return files;
}

const expected = (values: readonly string[]): Record<string, string> =>
  Object.fromEntries(values.map((text, at) => [`k${at}`, text]));

/** What of the values a reader does not give back; empty when all is right. */
function wrong(read: Record<string, unknown>, values: readonly string[]): unknown[] {
  return Object.entries(expected(values)).flatMap(([name, text]) =>
    read[name] === text ? [] : [{ name, text, read: read[name] }],
  );
}

describe('a file made of several secrets gives its consumer every value back', () => {
  it('as JSON', async ({ task }) => {
    await reaching(task, FLOORS, (saw) => {
      for (const text of VALUES) sawSharp(saw, text);
    });
    const read = (await filesOf('json', VALUES)).map((file) => JSON.parse(file) as object);
    expect(wrong(Object.assign({}, ...read), VALUES)).toEqual([]);
  });

  it('as YAML, read by js-yaml', async () => {
    const read = (await filesOf('yaml', VALUES)).map((file) => loadYaml(file) as object);
    expect(wrong(Object.assign({}, ...read), VALUES)).toEqual([]);
  });

  it('as Java properties, read by java.util.Properties', JAVA, async () => {
    const files = (await filesOf('properties', VALUES)).map((file, index) => {
      const path = join(folder, `${index}.properties`);
      writeFileSync(path, file);
      return path;
    });
    expect(wrong(Object.fromEntries(dumpedByJava('properties', ...files)), VALUES)).toEqual([]);
  });

  it('as .env, read by dotenv, but for those that no .env file can hold: they are refused', async () => {
    const able = VALUES.filter((text) => writeEnv('k', text) !== undefined);
    const read = (await filesOf('env', able)).map((file) => parseDotenv(file));
    expect(wrong(Object.assign({}, ...read), able)).toEqual([]);
    expect(able.length).toBeGreaterThan(COUNT * 0.6);

    const unable = VALUES.filter((text) => writeEnv('k', text) === undefined);
    expect(unable.filter((text) => !/['"\\\r]/.test(text))).toEqual([]);
    const refused = unable.map((text) => refusalOf(filesOf('env', [text])));
    expect(new Set(await Promise.all(refused))).toEqual(
      new Set([
        'the key file: the value of k0 cannot be written into a .env file: it mixes quotes, backslashes or line breaks',
      ]),
    );
  });
});

describe('a property of a file gives the value that the format’s own parser reads', () => {
  const property = async (format: string, text: string, name = 'k') =>
    textAt(
      await render(anExplicitRoute({ it: { secret: 'app-1--x', property: name, format } }), {
        'app-1--x': text,
      }),
      'it',
    );

  it('of Java properties that people wrote, whatever they wrote', JAVA, async () => {
    const text = fc.sample(
      fc.array(
        fc.constantFrom('a', 'b', '=', ':', ' ', '\t', '#', '!', '\\', '\n', '\r\n', '\\u00e4', 'é', '\\t'),
        {
          maxLength: 20,
        },
      ),
      { numRuns: COUNT, seed: 7 },
    );
    const files = text.map((parts, index) => {
      const path = join(folder, `read-${index}.properties`);
      // One name a file: what two files say must not mix.
      const content = `n${index}=${parts.join('')}`.replaceAll(/[^\0-\u00ff]/g, '');
      writeFileSync(path, content, 'latin1');
      return { path, content };
    });
    const java = dumpedByJava('properties', ...files.map(({ path }) => path));
    const read = await Promise.all(
      files.map(({ content }, index) => property('properties', content, `n${index}`)),
    );
    const different = read.flatMap((ours, index) =>
      ours === java.get(`n${index}`)
        ? []
        : [{ ours, java: java.get(`n${index}`), file: files[index]?.content }],
    );
    expect(different).toEqual([]);
  });

  it('of .env as dotenv reads it, or refuses what readers do not agree on', async ({ task }) => {
    const parts = fc.constantFrom(
      "'",
      '"',
      '`',
      '#',
      ' #',
      '=',
      '\\',
      '\\n',
      '\n',
      '\r\n',
      ' ',
      'a',
      'é',
      '$',
      'export ',
    );
    const files = fc.sample(fc.array(parts, { maxLength: 10, size: 'max' }), { numRuns: COUNT, seed: 11 });
    await reaching(task, { taken: 'often', refused: 'often' }, async (saw) => {
      for (const file of files) {
        const text = `k=${file.join('')}\n`;
        const ours = await property('env', text).catch(() => undefined);
        saw('taken', ours !== undefined);
        saw('refused', ours === undefined);
        expect([undefined, parseDotenv(text)['k']]).toContain(ours);
      }
    });
  });

  it('of YAML as js-yaml reads it', async () => {
    const expanding = aRoute('app-1', { json: 'expand', format: 'yaml' });
    const given: Record<string, string> = {};
    for (const file of await filesOf('yaml', VALUES))
      Object.assign(given, texts(await render(expanding, { 'app-1--x': file })));
    expect(wrong(given, VALUES)).toEqual([]);
    const people =
      'k: |\n  line 1\n  line 2\nfolded: >-\n  a\n  b\nanchor: &x {p: 1.10}\nmerged: {<<: *x, q: 0x1F}\n';
    const read = loadYaml(people) as Record<string, unknown>;
    expect(await property('yaml', people)).toBe(read['k']);
    expect(await property('yaml', people, 'folded')).toBe(read['folded']);
    expect(await property('yaml', people, 'merged')).toBe('{"p":1.10,"q":"0x1F"}');
  });

  it.each([
    ['yaml', 'k: [', 'the value of secret app-1--x is not YAML'],
    ['yaml', 'k: 1\nk: 2\n', 'the value of secret app-1--x is not YAML'],
    ['yaml', 'k: !!binary aGk=\n', 'the value of secret app-1--x is not YAML'],
    ['yaml', 'k: *x\n', 'an alias (*…) has no anchor, stands inside of it, or is used too often'],
    ['yaml', 'k: &a [*a]\n', 'an alias (*…) has no anchor, stands inside of it, or is used too often'],
    ['yaml', 'k: &a {b: [{c: *a}]}\n', 'an alias (*…) has no anchor, stands inside of it'],
    ['yaml', '&a k: &a {b: *a}\n', 'an alias (*…) has no anchor, stands inside of it'],
    ['yaml', 'k: {a: 1, "a": 2}\n', 'the value of secret app-1--x is not YAML'],
    ['env', 'just text', 'no .env file that every reader reads alike'],
    ['env', 'k=a#b\n', 'no .env file that every reader reads alike'],
    ['env', 'k="a\\\\"\n', 'no .env file that every reader reads alike'],
    ['properties', 'k=\\u12', 'no Java properties file'],
  ])('%s %j is refused without an excerpt', async (format, text, why) => {
    expect(await refusalOf(property(format, text))).toContain(why);
  });

  it('can be expanded, selected and looked for by pointer in every format', async () => {
    const forms = {
      yaml: 'a: x\nb: y\n',
      env: 'a=x\nb=y\n',
      properties: 'a=x\nb:y\n',
      json: '{"a":"x","b":"y"}',
    };
    for (const [format, text] of Object.entries(forms)) {
      const made = async (json: unknown) =>
        (await render(aRoute('app-1', { json, format }), { 'app-1--x': text })).data;
      const base64 = (one: string) => Buffer.from(one).toString('base64');
      expect(await made('expand')).toEqual({ a: base64('x'), b: base64('y') });
      expect(await made({ select: ['b'] })).toEqual({ b: base64('y') });
      expect(await made({ pointer: '/a' })).toEqual({ value: base64('x') });
      expect(await made({ pointer: '', expand: true })).toEqual({ a: base64('x'), b: base64('y') });
    }
  });
});

describe('a file made of several secrets', () => {
  it('keeps numbers and objects of JSON secrets, sorts its names, and takes literal texts', async () => {
    const config = { secret: 'app-1--cfg' };
    const values = {
      port: { ...config, property: 'port' },
      host: { text: 'pg.example.test' },
      limits: { ...config, pointer: '/limits' },
      password: { secret: 'app-1--password', encoding: 'base64' },
    };
    const made = async (as: string) =>
      textAt(
        await render(anExplicitRoute({ file: { as, values } }), {
          'app-1--cfg': '{"port":5432,"limits":{"ratio":1.10}}',
          'app-1--password': 'cMOkc3M=',
        }),
        'file',
      );
    expect(await made('json')).toBe(
      '{\n  "host": "pg.example.test",\n  "limits": {\n    "ratio": 1.10\n  },\n  "password": "päss",\n  "port": 5432\n}\n',
    );
    expect(await made('yaml')).toBe(
      '"host": "pg.example.test"\n"limits": {"ratio":1.10}\n"password": "päss"\n"port": 5432\n',
    );
    expect(await made('env')).toBe(
      `host=pg.example.test\nlimits='{"ratio":1.10}'\npassword='päss'\nport=5432\n`,
    );
    expect(await made('properties')).toBe(
      'host=pg.example.test\nlimits={"ratio":1.10}\npassword=p\\u00e4ss\nport=5432\n',
    );
  });

  it('is not made in part: without one of its secrets nothing is created', async () => {
    const route = anExplicitRoute({
      file: { as: 'env', values: { a: { secret: 'app-1--a' }, b: { secret: 'app-1--b' } } },
    });
    const creation = render(route, { 'app-1--a': 'x', 'app-1--b': { keep: 'disabled' } });
    expect(await refusalOf(creation)).toContain('needs secret app-1--b, which is disabled');
  });
});
