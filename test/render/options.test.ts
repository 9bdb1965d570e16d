import { describe, expect, it } from 'vitest';
import { dataEntry } from '../../shared/registry/data-entry.ts';
import { routeDocument } from '../../shared/registry/document.ts';
import { readDocuments } from '../../shared/registry/read.ts';
import { routeSpec } from '../../shared/registry/route-fields.ts';
import { writtenRoute } from '../support/documents.ts';
import { openOpenssl } from './authority.ts';
import { aVersion, contributionsOf } from './builders.ts';
import { render } from '../../shared/render/render.ts';
import type { SourceVersion } from '../../shared/source/source.ts';

/**
 * Every option of a route against every type and layout: it acts, which shows in what some value becomes, or the file that
 * holds it is refused. The options come from the schema: a new one fails here until it stands below.
 */

const LAYOUTS = ['service', 'flat', 'explicit'] as const;
const TYPES = ['Opaque', 'tls', 'basic-auth', 'ssh-auth', 'dockerconfigjson', 'dockercfg'].map((name) =>
  name === 'Opaque' ? name : `kubernetes.io/${name}`,
);

/** Options that say where a secret goes, or when it leaves: rendering does not know them. */
const ELSEWHERE = [
  'vault',
  'prefix',
  'allSecrets',
  'clusters',
  'namespaces',
  'match',
  'exclude',
  'layout',
  'name',
  'data',
  'type',
  'labels',
  'annotations',
  'immutable',
  'onDisabled',
  'onDeleted',
  'onExpired',
  'honourNotBefore',
  'paused',
  'debounce',
];

/** The others, each with values that somebody may give it. */
const RENDERED: Readonly<Record<string, readonly unknown[]>> = {
  key: ['username', '.dockerconfigjson', '.dockercfg', 'ssh-privatekey', 'other'],
  keyCase: ['UPPER_SNAKE'],
  encoding: ['base64', 'base64url', 'hex'],
  format: ['yaml', 'env', 'properties'],
  json: ['expand', { property: 'p' }, { pointer: '/p' }, { pointer: '/o', expand: true }, { select: ['p'] }],
  certificate: ['expand'],
  unescapeNewlines: [true],
};

const openssl = openOpenssl();
const pair = openssl.issue({ name: 'leaf' });
const LEAF = pair.cert + pair.key;
openssl.close();

const LOGIN = { registry: 'r.example.test', username: String.raw`u\nv`, password: 'p' };
const DOCUMENT = { p: String.raw`a\nb`, o: { q: 'x' }, username: 'u', password: 'w' };
const yaml = (value: object): string =>
  Object.entries(value)
    .map(([name, one]) => `${name}: ${JSON.stringify(one)}\n`)
    .join('');
const lines = (value: object): string =>
  Object.entries(value)
    .map(([name, one]) => `${name}=${String(one)}\n`)
    .join('');

const TEXTS = [
  String.raw`plain\ntext`,
  String.raw`user\n:password`,
  JSON.stringify(DOCUMENT),
  JSON.stringify(LOGIN),
  ...[yaml, lines].flatMap((write) => [write(DOCUMENT), write(LOGIN)]),
  '{"auths":{"r.example.test":{"auth":"dTpw"}}}',
  '{"r.example.test":{"auth":"dTpw"}}',
  String.raw`{"auths":{}}\n`,
  String.raw`{}\n`,
  String.raw`{".dockerconfigjson":"{\"auths\":{}}",".dockercfg":"{}","tls.crt":"x","p":"{}"}`,
];

/** Values on which an option may show: each text as it is and encoded, and one that says it is a certificate. */
const PROBES: readonly Partial<SourceVersion>[] = [
  ...TEXTS.map((value) => ({ value })),
  ...TEXTS.flatMap((value) =>
    (['base64', 'base64url', 'hex'] as const).map((encoding) => ({
      value: Buffer.from(value).toString(encoding),
    })),
  ),
  { value: 'no certificate', contentType: 'application/x-pem-file' },
  // A certificate, also as it comes out of a form with one line.
  ...[LEAF, LEAF.replaceAll('\n', String.raw`\n`)].flatMap((value) => [
    { value },
    ...(['base64', 'base64url', 'hex'] as const).map((encoding) => ({
      value: Buffer.from(value).toString(encoding),
    })),
  ]),
];

const OWN: Readonly<Record<string, string>> = {
  'app-1--crt': pair.cert,
  'app-1--key': pair.key,
  'app-1--config': '{"auths":{}}',
  'app-1--cfg': '{}',
};

/** Secrets as a layout may be fed: one whole one, one whose name spells a key, or both. */
const NAMES = {
  service: [['app-1--it'], ['app-1--it--username'], ['app-1--it', 'app-1--it--a-b']],
  flat: [['app-1--it']],
  explicit: [['app-1--it']],
};

/** The key that each type gives a secret of its own accord, or needs. */
const KEY_OF: Readonly<Record<string, string>> = {
  'kubernetes.io/basic-auth': 'username',
  'kubernetes.io/ssh-auth': 'ssh-privatekey',
  'kubernetes.io/dockerconfigjson': '.dockerconfigjson',
  'kubernetes.io/dockercfg': '.dockercfg',
};

/** What fills the keys that a type needs, whatever the option under test does to another key. */
function ownOf(type: string): object {
  const own = (secret: string) => ({ secret, encoding: 'utf-8', unescapeNewlines: false });
  if (type === 'kubernetes.io/tls') return { 'tls.crt': own('app-1--crt'), 'tls.key': own('app-1--key') };
  const key = KEY_OF[type];
  const name = type === 'kubernetes.io/dockercfg' ? 'app-1--cfg' : 'app-1--config';
  return key === undefined ? {} : { [key]: own(name) };
}

/** Entries of layout explicit on which a route's option may show. */
function dataOf(type: string): object[] {
  const secret = 'app-1--it';
  return [
    { secret },
    { secret, property: 'p' },
    { template: '{{ x }}', secrets: { x: secret } },
    { as: 'json', values: { x: { secret, property: 'p' } } },
    { certificate: secret, part: 'chain' },
    { logins: [{ registry: { text: 'r' }, username: { text: 'u' }, password: { secret, property: 'p' } }] },
  ].map((entry) => ({ x: entry, ...ownOf(type) }));
}

type Spec = Record<string, unknown>;

function routesOf(layout: (typeof LAYOUTS)[number], type: string): Spec[] {
  const base = { layout, type };
  return layout === 'explicit' ? dataOf(type).map((data) => ({ ...base, name: 'it', data })) : [base];
}

/** Whether a file may hold the route. */
function isTaken(spec: Spec): boolean {
  return readDocuments('route.yaml', JSON.stringify(writtenRoute('app-1', spec))).problems.length === 0;
}

/** What a probe becomes: the data, or the refusal. */
async function madeOf(spec: Spec, names: readonly string[], probe: Partial<SourceVersion>): Promise<string> {
  const route = routeDocument.parse(writtenRoute('app-1', spec));
  const probed = Object.fromEntries(
    names.map((name) => [name, aVersion(probe.value ?? '', { ...probe, name })]),
  );
  const fed = route.spec.layout === 'explicit' ? { ...OWN, ...probed } : probed;
  try {
    return JSON.stringify((await render(route, contributionsOf(fed), undefined)).data);
  } catch (error) {
    return String(error);
  }
}

/** Whether the option makes a difference for any value, in what it becomes or in why it is refused. */
async function acts(spec: Spec, option: string, value: unknown): Promise<boolean> {
  const layout = spec['layout'] as (typeof LAYOUTS)[number];
  // A format acts together with what looks into the document.
  const beside = option === 'format' && layout !== 'explicit' ? [{}, { json: 'expand' }] : [{}];
  const trials = beside.flatMap((more) =>
    NAMES[layout].flatMap((names) =>
      PROBES.map((probe) => ({ without: { ...spec, ...more }, names, probe })),
    ),
  );
  for (const { without, names, probe } of trials) {
    const given = { ...without, [option]: value };
    if (!isTaken(given)) continue;
    if ((await madeOf(given, names, probe)) !== (await madeOf(without, names, probe))) return true;
  }
  return false;
}

const CASES = LAYOUTS.flatMap((layout) =>
  TYPES.flatMap((type) =>
    Object.entries(RENDERED).flatMap(([option, values]) =>
      values
        // What the type does of its own accord is no other than what it does anyway.
        .filter((value) => option !== 'key' || value !== KEY_OF[type] || type === 'kubernetes.io/basic-auth')
        .map((value) => ({ layout, type, option, value, written: JSON.stringify(value) })),
    ),
  ),
);

describe('an option of a route', () => {
  it('is classified, whatever the schema knows', () => {
    expect([...ELSEWHERE, ...Object.keys(RENDERED)].sort()).toEqual(Object.keys(routeSpec.shape).sort());
  });

  it.each(CASES)('$option: $written acts with layout $layout and type $type, or is refused', async (one) => {
    const verdicts = await Promise.all(
      routesOf(one.layout, one.type).map(async (spec) => ({
        spec,
        isTaken: isTaken({ ...spec, [one.option]: one.value }),
        acts: await acts(spec, one.option, one.value),
      })),
    );
    expect(verdicts.filter((verdict) => verdict.isTaken && !verdict.acts)).toEqual([]);
  });
});

/** The fields of each form of an entry of `data`, by the schema. */
function fieldsOfEntries(): string[] {
  const forms = dataEntry.options.map((form) => Object.keys(form.shape));
  return [...new Set(forms.flat())].sort();
}

describe('an option of an entry of data', () => {
  const entry = (written: object): boolean =>
    isTaken({ layout: 'explicit', name: 'it', data: { it: written } });
  const secret = 'app-1--it';

  it('is classified, whatever the schema knows', () => {
    const known =
      'as certificate encoding format logins part password pointer property secret secrets template unescapeNewlines values';
    expect(fieldsOfEntries()).toEqual(known.split(' '));
  });

  it.each([
    ['format without a part to look for', { secret, format: 'yaml' }],
    ['property and pointer together', { secret, property: 'a', pointer: '/a' }],
    ['as of a part that has one form', { certificate: secret, part: 'chain', as: 'pem' }],
    ['no password for a store', { certificate: secret, part: 'p12' }],
    ['no password for a trust store', { certificate: secret, part: 'truststore' }],
    ['none as a password to open something with', { certificate: secret, part: 'chain', password: 'none' }],
    ['none as a password of PEM', { certificate: secret, part: 'truststore', as: 'pem', password: 'none' }],
    ['a property of a certificate', { certificate: secret, part: 'chain', property: 'a' }],
    ['a name that is no environment variable', { as: 'env', values: { 'a-b': { secret } } }],
    ['no values at all', { as: 'env', values: {} }],
  ])('is refused where it cannot act: %s', (_, written) => {
    expect(entry(written)).toBe(false);
  });

  it.each([
    { secret, encoding: 'hex' },
    { secret, property: 'a', format: 'yaml', encoding: 'base64', unescapeNewlines: true },
    { certificate: secret, part: 'chain', password: 'app-1--password' },
    { certificate: secret, part: 'p12', password: 'none' },
    { certificate: secret, part: 'truststore', password: 'none' },
    { certificate: secret, part: 'truststore', as: 'pem' },
    { certificate: secret, part: 'truststore', as: 'pem', password: 'app-1--password', encoding: 'base64' },
    { template: '{{ x }}{{ y }}', secrets: { x: secret, y: { secret, property: 'a', encoding: 'base64' } } },
    { as: 'properties', values: { 'a.b': { secret, pointer: '/a' }, c: { text: 'd' } } },
  ])('is taken where it acts: %j', (written) => {
    expect(entry(written)).toBe(true);
  });

  it('that the route gives and every entry has of its own is refused', () => {
    const data = { it: { secret, encoding: 'hex', unescapeNewlines: false } };
    const base = { layout: 'explicit', name: 'it', data };
    expect(isTaken(base)).toBe(true);
    expect(isTaken({ ...base, encoding: 'base64' })).toBe(false);
    expect(isTaken({ ...base, unescapeNewlines: true })).toBe(false);
    expect(isTaken({ ...base, format: 'yaml' })).toBe(false);
  });
});

it('a row of an older release with an option that cannot act is served as before', () => {
  const idle = writtenRoute('app-1', { type: 'kubernetes.io/tls', certificate: 'expand' });
  expect(routeDocument.safeParse(idle).success).toBe(true);
  expect(readDocuments('route.yaml', JSON.stringify(idle)).problems).toMatchObject([
    { field: 'spec.certificate', message: 'does nothing: type kubernetes.io/tls opens certificates already' },
  ]);
});
