import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aRoute } from '../support/documents.ts';
import { anExplicitRoute, aPem, aVersion, detailOf, refusalOf, render, texts } from './builders.ts';
import { reaching, SEED } from '../support/reach.ts';

const A = 'app-1--pg--a';
const B = 'app-1--pg--b';
const route = aRoute('app-1');
const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('a rendered target', () => {
  it('is byte-equal whatever the order of its sources, and changes no input', async ({ task }) => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,8}$/), {
      minLength: 1,
      maxLength: 8,
      size: 'max',
    });
    await reaching(task, { 'several sources': 'often' }, async (saw) => {
      const property = fc.asyncProperty(
        names,
        fc.string({ maxLength: 100, size: 'max' }),
        async (segments, value) => {
          saw('several sources', segments.length > 1);
          const values = Object.freeze(
            Object.fromEntries(
              segments.map((name) => [`app-1--pg--${name}`, Object.freeze(aVersion(value + name))]),
            ),
          );
          const backwards = Object.fromEntries(Object.entries(values).toReversed());
          const rendered = await render(route, values);
          expect(JSON.stringify((await render(route, backwards)).data)).toBe(JSON.stringify(rendered.data));
          expect(Object.keys(rendered.data)).toEqual(Object.keys(rendered.data).sort());
        },
      );
      await fc.assert(property, { seed: SEED });
    });
  });

  it('says what each key is made of', async () => {
    const template = anExplicitRoute({
      url: { template: '{{ a }}@{{ b }}', secrets: { a: A, b: B } },
      a: { secret: A },
    });
    const { madeFrom, used } = await render(template, { [A]: 'x', [B]: 'y' });
    expect(Object.fromEntries(madeFrom)).toEqual({ a: [A], url: [A, B] });
    expect([...used.keys()].sort()).toEqual([A, B]);
  });

  it('of more than 1 MiB is refused', async () => {
    const values = (count: number, last: number) =>
      Object.fromEntries(
        Array.from({ length: count }, (_, index) => [
          `app-1--pg--k${index}`,
          'x'.repeat(index === 0 ? last : 25_600),
        ]),
      );
    expect((await render(route, values(41, 24_576))).used.size).toBe(41);
    const tooLarge = render(route, values(41, 24_577));
    const refusal =
      'the Secret would be larger than Kubernetes allows (1048576 bytes): spread it over several';
    expect(await refusalOf(tooLarge)).toBe(refusal);
    expect(await detailOf(tooLarge)).toBe(`${refusal}; it would hold 1048577`);
  });
});

describe('at creation', () => {
  const template = anExplicitRoute({
    url: { template: '{{ a }}@{{ b }}', secrets: { a: A, b: B } },
    a: { secret: A },
  });

  it('a key whose source has no value is not written', async () => {
    const rendered = await render(route, { [A]: 'x', [B]: { keep: 'disabled' } });
    expect(texts(rendered)).toEqual({ a: 'x' });
  });

  it('a template that needs a source without a value keeps everything from being written', async () => {
    expect(await refusalOf(render(template, { [A]: 'x', [B]: { keep: 'disabled' } }))).toBe(
      `the template of key url needs secret ${B}, which is disabled`,
    );
    expect(await refusalOf(render(template, { [A]: 'x' }))).toBe(
      `the template of key url needs secret ${B}, which is no source of this target`,
    );
  });

  it('a type that needs a key without a value does so, too', async () => {
    const typed = anExplicitRoute(
      { 'tls.crt': { secret: A }, 'tls.key': { secret: B } },
      { type: 'kubernetes.io/tls' },
    );
    expect(await refusalOf(render(typed, { [A]: 'x', [B]: { keep: 'deleted' } }))).toBe(
      `type kubernetes.io/tls needs the key tls.key; no value now from ${B}`,
    );
  });
});

describe('at an update', () => {
  const found = { a: base64('old a'), url: base64('old url'), foreign: base64('drift') };

  it('keys of a source without a value stay as found, drift goes', async () => {
    const template = anExplicitRoute({
      url: { template: '{{ a }}@{{ b }}', secrets: { a: A, b: B } },
      a: { secret: A },
    });
    const rendered = await render(template, { [A]: 'new', [B]: { keep: 'unreadable' } }, found);
    expect(texts(rendered)).toEqual({ a: 'new', url: 'old url' });
    expect(rendered).toMatchObject({ kept: ['url'], keptSources: [A, B], removed: [] });
  });

  it('keys of a source that says so leave', async () => {
    const rendered = await render(route, { [A]: { remove: 'deleted' }, [B]: 'b' }, { a: base64('x') });
    expect(texts(rendered)).toEqual({ b: 'b' });
    expect(rendered.removed).toEqual(['a']);
  });

  it('keys of a source that feeds the target no more leave without being a removal', async () => {
    const both = anExplicitRoute({ a: { secret: A }, b: { secret: B } });
    const rendered = await render(both, { [A]: 'x' }, { a: base64('x'), b: base64('y') });
    expect(texts(rendered)).toEqual({ a: 'x' });
    expect(rendered).toMatchObject({ kept: [], keptSources: [], removed: [] });
  });

  it('keys that only a value can name stay or leave with it', async () => {
    const expanding = aRoute('app-1', { json: 'expand' });
    const kept = await render(expanding, { [A]: { keep: 'disabled' }, [B]: '{"url":"new"}' }, found);
    expect(texts(kept)).toEqual({ a: 'old a', foreign: 'drift', url: 'new' });
    const removed = await render(expanding, { [A]: { remove: 'deleted' } }, found);
    expect(removed).toMatchObject({ data: {}, removed: ['a', 'url', 'foreign'] });
  });

  it('nothing is removed while one cannot tell whose a key is', async () => {
    const expanding = aRoute('app-1', { json: 'expand' });
    const rendered = await render(
      expanding,
      { [A]: { remove: 'deleted' }, [B]: { keep: 'unreadable' } },
      found,
    );
    expect(rendered).toMatchObject({ data: found, removed: [] });
  });

  it('a certificate that is disabled keeps its keys and its type', async () => {
    const tls = aRoute('app-1', { layout: 'flat', type: 'kubernetes.io/tls' });
    const live = { 'tls.crt': base64('c'), 'tls.key': base64('k') };
    expect((await render(tls, { 'app-1--web': { keep: 'disabled' } }, live)).data).toEqual(live);
  });
});

describe('two secrets that make the same key', () => {
  it('are refused by name', async () => {
    const upper = aRoute('app-1', { keyCase: 'UPPER_SNAKE' });
    expect(await refusalOf(render(upper, { 'app-1--pg--a--b': 'x', 'app-1--pg--a-b': 'y' }))).toBe(
      'secrets app-1--pg--a--b and app-1--pg--a-b both make the key A_B',
    );
  });
});

describe('refusals', () => {
  it('never hold a value, however it is wrong', async () => {
    const canary = 'C4n4ry-Value';
    const routes = [
      aRoute('app-1', { json: 'expand' }),
      aRoute('app-1', { encoding: 'base64' }),
      aRoute('app-1', { layout: 'flat', type: 'kubernetes.io/tls' }),
      aRoute('app-1', { layout: 'flat', type: 'kubernetes.io/basic-auth' }),
      aRoute('app-1', { layout: 'flat', type: 'kubernetes.io/dockerconfigjson' }),
      anExplicitRoute({ k: { secret: A, property: 'p' } }),
      anExplicitRoute({ k: { template: '{{ a | from_json }}', secrets: { a: A } } }),
      anExplicitRoute({ k: { template: '{{ a | url_decode }}{{ a.b }}', secrets: { a: A } } }),
    ];
    for (const one of routes)
      for (const value of [
        canary,
        `{"${canary}`,
        aPem(`-----BEGIN PRIVATE KEY-----${canary}-----END PRIVATE KEY-----`),
      ])
        expect(await refusalOf(render(one, { [A]: value }))).not.toContain(canary);
  });

  it('never hold a name that stands inside a value', async () => {
    const canary = 'C4N4RY';
    const tls = aRoute('app-1', { layout: 'flat', type: 'kubernetes.io/tls' });
    const label = aPem(`-----BEGIN ${canary} PRIVATE KEY-----\nAAAA\n-----END ${canary} PRIVATE KEY-----\n`);
    const refusals = [
      render(tls, { 'app-1--web': label }),
      render(aRoute('app-1', { json: 'expand' }), { [A]: `{"${canary} no key":"x"}` }),
      render(aRoute('app-1', { json: 'expand', keyCase: 'UPPER_SNAKE' }), {
        [A]: `{"${canary}-a":"x","${canary}_a":"y"}`,
      }),
      render(aRoute('app-1', { type: 'kubernetes.io/dockerconfigjson' }), {
        [A]: `{"auths":{"${canary}":{"auth":1}}}`,
      }),
      render(aRoute('app-1', { json: { property: 'p' }, format: 'yaml' }), { [A]: `${canary}: [` }),
      render(aRoute('app-1', { json: { property: 'p' }, format: 'env' }), { [A]: `${canary} x` }),
    ].map((rendering) => refusalOf(rendering));
    for (const refusal of await Promise.all(refusals)) expect(refusal).not.toContain(canary);
  });
});
