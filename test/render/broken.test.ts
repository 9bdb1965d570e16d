import { describe, expect, it } from 'vitest';
import type { Route } from '../../shared/registry/document.ts';
import { renderTarget } from '../../shared/render/render.ts';
import { aRoute } from '../support/documents.ts';
import { anExplicitRoute, contributionsOf, refusalOf, render, texts, type Values } from './builders.ts';

const A = 'app-1--pg--a';
const B = 'app-1--pg--b';
const base64 = (text: string): string => Buffer.from(text).toString('base64');

async function rendered(route: Route, values: Values, found?: Record<string, string>) {
  const rendering = await renderTarget(route, contributionsOf(values), found);
  return {
    ...rendering,
    data: texts(rendering),
    broken: Object.fromEntries([...rendering.broken].map(([name, { message }]) => [name, message])),
  };
}

describe('a source that can be read but not rendered', () => {
  const expanding = aRoute('app-1', { json: 'expand' });

  it('keeps its keys as found while the others are written', async () => {
    const route = anExplicitRoute({ a: { secret: A, property: 'p' }, b: { secret: B, property: 'p' } });
    const found = { a: base64('old a'), b: base64('old b') };
    expect(await rendered(route, { [A]: 'no JSON', [B]: '{"p":"new"}' }, found)).toMatchObject({
      data: { a: 'old a', b: 'new' },
      kept: ['a'],
      keptSources: [A],
      broken: { [A]: `the value of secret ${A} is not JSON` },
    });
  });

  it('keeps every key that nothing else makes when only its value could name them', async () => {
    const found = { x: base64('1'), z: base64('old') };
    expect(await rendered(expanding, { [A]: '', [B]: '{"z":"new"}' }, found)).toMatchObject({
      data: { x: '1', z: 'new' },
      kept: ['x'],
      broken: { [A]: `the value of secret ${A} is not JSON` },
    });
  });

  it('is named with its keys missing when the Secret does not exist yet', async () => {
    expect(await rendered(expanding, { [A]: '', [B]: '{"z":"new"}' })).toMatchObject({
      data: { z: 'new' },
      kept: [],
      broken: { [A]: `the value of secret ${A} is not JSON` },
    });
  });

  it('is blamed alone for a template of several secrets when its own value is at fault', async () => {
    const secrets = { a: { secret: A, property: 'p' }, b: B };
    const route = anExplicitRoute({ url: { template: '{{ a }}@{{ b }}', secrets } });
    const { broken } = await rendered(route, { [A]: 'no JSON', [B]: 'x' }, { url: base64('old') });
    expect(broken).toEqual({ [A]: `the value of secret ${A} is not JSON` });
  });

  it('is blamed together with the others when nobody can tell which of them it was', async () => {
    const route = anExplicitRoute({
      url: { template: '{{ a | from_json }}{{ b }}', secrets: { a: A, b: B } },
    });
    const why = 'the template of key url cannot be rendered with these values';
    const { broken, data } = await rendered(route, { [A]: '{', [B]: 'x' }, { url: base64('old') });
    expect({ broken, data }).toEqual({ broken: { [A]: why, [B]: why }, data: { url: 'old' } });
  });
});

describe('what concerns the Secret as a whole', () => {
  it('is refused: a template at creation, without which it would be a part', async () => {
    const route = anExplicitRoute({
      url: { template: '{{ a | from_json }}', secrets: { a: A } },
      b: { secret: B },
    });
    expect(await refusalOf(rendered(route, { [A]: '{', [B]: 'x' }))).toBe(
      'the template of key url cannot be rendered with these values',
    );
  });

  it('is refused: two secrets that make one key', async () => {
    const upper = aRoute('app-1', { keyCase: 'UPPER_SNAKE' });
    const values = { 'app-1--pg--a--b': 'x', 'app-1--pg--a-b': 'y' };
    expect(await refusalOf(rendered(upper, values))).toContain('both make the key A_B');
  });

  it('is refused: a type that needs a key of a source that is broken', async () => {
    const data = { username: { secret: A, property: 'u' } };
    const route = anExplicitRoute(data, { type: 'kubernetes.io/basic-auth' });
    expect(await rendered(route, { [A]: 'no JSON' })).toMatchObject({
      data: {},
      broken: { [A]: expect.any(String) },
    });
    const both = anExplicitRoute({ ...data, other: { secret: B } }, { type: 'kubernetes.io/basic-auth' });
    expect(await refusalOf(rendered(both, { [A]: 'no JSON', [B]: 'x' }))).toBe(
      `type kubernetes.io/basic-auth needs a key username or password; no value now from ${A}`,
    );
  });
});

it('a caller that cannot keep keys apart still gets the refusal of the first broken source', async () => {
  const route = anExplicitRoute({ a: { secret: A, property: 'p' }, b: { secret: B } });
  expect(await refusalOf(render(route, { [A]: 'no JSON', [B]: 'x' }))).toBe(
    `the value of secret ${A} is not JSON`,
  );
});
