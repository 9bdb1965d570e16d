import { describe, expect, it } from 'vitest';
import { renderTemplate } from '../../../shared/render/template.ts';
import { externalSecret, importOne, one, STORE } from './importing.ts';

type Entry = { template: string; secrets: Record<string, string> };

/** What the vault holds. */
const VALUES: Readonly<Record<string, string>> = {
  'app-1--user': 'me',
  'app-1--coded': Buffer.from('geheim').toString('base64'),
  'app-1--json': '{"user":"json-me","n":1.10,"deep":{"a-b":"x"},"coded":"Z2VoZWlt","list":["first"]}',
};

const DATA = [
  one('user', 'app-1--user'),
  one('with-dash', 'app-1--user'),
  one('coded', 'app-1--coded', { decodingStrategy: 'Base64' }),
  one('number', 'app-1--json', { property: 'n' }),
  one('deep', 'app-1--json', { property: 'deep.a-b' }),
  one('item', 'app-1--json', { property: 'list.0' }),
];

const convert = (template: string, spec: object = { data: DATA }) =>
  importOne(externalSecret({ ...spec, target: { template: { data: { k: template } } } }), STORE);

/** What the route says of key `k`. */
function entryIn(spec: Record<string, unknown> | undefined): Entry {
  const data = (spec?.['data'] ?? {}) as Record<string, Entry>;
  return data['k'] ?? { template: '', secrets: {} };
}

/** The text that the app would make of the entry. */
function rendered(spec: Record<string, unknown> | undefined): Promise<string> {
  const { template, secrets } = entryIn(spec);
  const values = Object.entries(secrets).map(([variable, secret]): [string, string] => [
    variable,
    VALUES[secret] ?? '',
  ]);
  return renderTemplate(template, new Map(values), 'k', { leftMs: 1_000 });
}

describe('a template of an ExternalSecret', () => {
  it.each(['{{ .user | urlquery }}', '{{ urlquery .user }}'])(
    '%j is converted, and the blank that is written otherwise is named',
    async (template) => {
      const { spec, result, notes } = await convert(`pg://${template}@h`);

      expect(result).toBe('different');
      expect(notes).toContain('spec.target.template.data.k: urlquery writes a blank as +');
      expect(await rendered(spec)).toBe('pg://me@h');
    },
  );

  it.each([
    ['text only around {{ .user }}', 'text only around me'],
    ['{{ .user | toString }}:{{.user}}', 'me:me'],
    ['{{ index . "with-dash" }}/{{ (index . "with-dash") }}', 'me/me'],
    ['{{ .user | upper | lower | b64enc }}', 'bWU='],
    ['{{ b64enc .user }}{{ upper .user }}', 'bWU=ME'],
    ['{{ .user | b64enc | b64dec }}', 'me'],
    ['{{ .user | replace "m" "w" }} {{ .user | default "nobody" }}', 'we me'],
    ['a  {{- .user -}}  b', 'ameb'],
    ['{{ .coded }}', 'geheim'],
    ['{{ .coded | upper }}', 'GEHEIM'],
    ['{{ .number }} {{ .deep }} {{ .item }}', '1.10 x first'],
    ['{"json": "{{ .user }}"}\n', '{"json": "me"}\n'],
    ['{"a":{"b":{{ .number }}}}', '{"a":{"b":1.10}}'],
  ])('%j makes the same text in Liquid', async (template, text) => {
    const { spec, result } = await convert(template);

    expect(result).toBe('converted');
    expect(await rendered(spec)).toBe(text);
  });

  it('takes names that no data spells from the one JSON secret of dataFrom', async () => {
    const { spec, result } = await convert('{{ .user }}@{{ index . "deep" }}', {
      data: [one('deep', 'app-1--user')],
      dataFrom: [{ extract: { key: 'app-1--json' } }],
    });

    expect(result).toBe('converted');
    expect(await rendered(spec)).toBe('json-me@me');
  });

  it('replaces the data of the object, or is merged with it as it says', async () => {
    const template = { data: { k: '{{ .user }}' } };
    const data = [one('user', 'app-1--user')];
    const replaced = await importOne(externalSecret({ data, target: { template } }), STORE);
    const merged = await importOne(
      externalSecret({ data, target: { template: { ...template, mergePolicy: 'Merge' } } }),
      STORE,
    );

    expect(Object.keys(replaced.spec?.['data'] ?? {})).toEqual(['k']);
    expect(Object.keys(merged.spec?.['data'] ?? {})).toEqual(['user', 'k']);
  });

  it('uses one variable a secret, whatever their names have in common', async () => {
    const data = [one('a', 'x--y-z'), one('b', 'x--y--z'), one('c', '1--2')];
    const { spec } = await convert('{{ .a }}{{ .b }}{{ .c }}{{ .a }}', { data });
    const { secrets } = entryIn(spec);

    expect(new Set(Object.values(secrets))).toEqual(new Set(['1--2', 'x--y--z', 'x--y-z']));
    expect(Object.keys(secrets).every((name) => /^[A-Za-z_]\w*$/.test(name))).toBe(true);
  });

  it.each([
    ['{{ if .user }}x{{ end }}', 'no simple counterpart'],
    ['{{ range .users }}x{{ end }}', 'no simple counterpart'],
    ['{{ printf "%s" .user }}', 'no simple counterpart'],
    ['{{/* a comment */}}', 'no simple counterpart'],
    ['{{ .user | sha256sum }}', 'the function sha256sum'],
    ['{{ .user | replace "a" }}', 'the function replace'],
    ['{{ .user | default .coded }}', 'the function default'],
    ['{{ .nobody }}', 'no data of it names'],
    ['{% raw %}{{ .user }}', 'means something in Liquid'],
    ['{{ .user }} {{', 'means something in Liquid'],
    ['{{ .user | toString | constructor }}', 'the function constructor'],
  ])('%j is left to a person', async (template, why) => {
    const { result, notes } = await convert(template);

    expect(result).toBe('cannot');
    expect(notes).toContain(`spec.target.template.data.k: its template`);
    expect(notes).toContain(why);
  });
});
