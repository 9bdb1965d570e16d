import { describe, expect, it } from 'vitest';
import { renderTemplate, templateProblem } from '../../shared/render/template.ts';
import { anExplicitRoute, aVersion, detailOf, refusalOf, render, textAt, type Values } from './builders.ts';

const X = 'app-1--x';
const Y = 'app-1--y';

async function made(template: string, x: string, values: Values = {}): Promise<string> {
  const route = anExplicitRoute({ out: { template, secrets: { x: X, y: Y } } });
  return textAt(await render(route, { [X]: x, [Y]: 'why', ...values }), 'out');
}

describe('a template', () => {
  it('makes a connection string of several secrets', async () => {
    const template = 'Host=pg;Username={{ x | connection_value }};Password={{ y | connection_value }}\n';
    expect(await made(template, 'app', { [Y]: 'a;b"c' })).toBe('Host=pg;Username=app;Password="a;b""c"\n');
  });

  it('makes a .properties file', async () => {
    const template = 'user={{ x | properties_value }}\npassword={{ y | properties_value }}\n';
    expect(await made(template, ' a=b:c', { [Y]: 'ü\\\n' })).toBe(
      String.raw`user=\ a=b:c` + '\n' + String.raw`password=\u00fc\\\n` + '\n',
    );
  });

  it('makes JSON whatever the values hold', async () => {
    const text = await made('{"user":{{ x | json }},"password":{{ y | json }}}', 'a"b\\', {
      [Y]: '\n\u2028',
    });
    expect(JSON.parse(text)).toEqual({ user: 'a"b\\', password: '\n\u2028' });
  });

  it.each([
    ['{{ x | url_encode }}', "a b/c?d=é!'()*", 'a%20b%2Fc%3Fd%3D%C3%A9%21%27%28%29%2A'],
    ['{{ x | url_decode }}', 'a%20b', 'a b'],
    ['{{ x | base64_encode }}', 'ü', 'w7w='],
    ['{{ x | base64_decode }}', 'w7w=', 'ü'],
    ['{{ x | libpq_value }}', "a'b\\c", String.raw`'a\'b\\c'`],
    ['a:\n    {{ x | indent: 4 }}', 'l1\nl2\n', 'a:\n    l1\n    l2\n    '],
    ['{{ x | default: "none" }}', '', 'none'],
    ['{{ x | split: ":" | first }}', 'user:pass', 'user'],
    [
      '{% assign c = x | from_json %}{{ c.db.port }} {{ c.list | json }}',
      '{"db":{"port":1.10},"list":[1e21,"a"]}',
      '1.10 [1e21,"a"]',
    ],
    ['{% assign c = x | from_json %}{{ c.none | default: 5432 }}', '{}', '5432'],
    ['{% assign c = x | from_json %}{% if c.port > 5 %}high{% else %}low{% endif %}', '{"port":10}', 'high'],
    ['{% assign c = x | from_json %}{% for h in c %}{{ h }};{% endfor %}', '["a","b"]', 'a;b;'],
    ['{% raw %}{{ x }}{% endraw %}', 'a', '{{ x }}'],
    ['{% assign c = x | from_json %}[{{ c.a | url_encode }}]', '{"a":null}', '[]'],
    ['{% assign c = x | from_json %}{{ c.a | json }}', '{"a":null}', 'null'],
    ['{% assign c = x | from_json %}{{ c | first | json }}', '[]', 'null'],
    ['{% assign c = x | from_json %}{{ c | base64_encode }}', '["a",1.10]', 'WyJhIiwxLjEwXQ=='],
  ])('%s with %j gives %j', async (template, value, text) => {
    expect(await made(template, value)).toBe(text);
  });

  it('leaves values as they are: braces in them are no template', async () => {
    expect(await made('{{ x }}', '{{ y }}{% raw %}\r\n')).toBe('{{ y }}{% raw %}\r\n');
  });

  it('reads a secret that was uploaded as base64', async () => {
    const value = aVersion(Buffer.from('ü').toString('base64'), { tags: { 'file-encoding': 'base64' } });
    expect(await made('{{ x }}', '', { [X]: value })).toBe('ü');
  });
});

describe('a template that cannot be rendered', () => {
  it.each([
    ['ok\n {{ z }}', 'uses the unknown variable z at line 2, column 5'],
    ['{% if z %}{% endif %}', 'uses the unknown variable z at line 1, column 7'],
    ['{{ x | nope }}', 'cannot be read: undefined filter: nope at line 1, column 1'],
    ['{{ x | date: "%Y" }}', 'cannot be read: undefined filter: date at line 1, column 1'],
    ['{{ x | sample }}', 'cannot be read: undefined filter: sample at line 1, column 1'],
    ['a\n\n{% if x %}', 'cannot be read: tag {% if x %} not closed at line 3, column 1'],
    ['{% include "/etc/passwd" %}', 'cannot be read: tag "include" not found at line 1, column 1'],
    ['{% render "/etc/passwd" %}', 'cannot be read: tag "render" not found at line 1, column 1'],
    ['{% layout "/etc/passwd" %}', 'cannot be read: tag "layout" not found at line 1, column 1'],
    ['{{ x.constructor }}', 'asks for something that is not there at line 1, column 4'],
    ['{{ x | base64_decode }}', 'gives base64_decode what is not base64 at line 1, column 1'],
    ['{{ x | from_json }}', 'gives from_json what is not JSON at line 1, column 1'],
    ['{{ x | url_decode }}', 'cannot be rendered at line 1, column 1'],
    [
      '{% assign c = "{}" | from_json %}{{ c[x].a }}',
      'asks for something that is not there at line 1, column 37',
    ],
  ])('%j says where to a person at a terminal, and never the value', async (template, problem) => {
    const detail = await detailOf(made(template, 'hunter2%zz'));
    expect(detail).toBe(`the template of key out ${problem}`);
  });

  it.each([
    '{% for i in (1..1000000000) %}x{% endfor %}',
    '{% for i in (1..100000) %}{% for j in (1..100000) %}{{ x }}{% endfor %}{% endfor %}',
    '{% assign a = x | replace: "x", x | replace: "x", x | replace: "x", x %}{{ a }}',
  ])('%j is stopped', { timeout: 120_000 }, async (template) => {
    expect(await detailOf(made(template, 'x'.repeat(5000)))).toContain(
      'needs more time or memory than allowed',
    );
  });

  it('may make a text as large as a Secret, and none that is larger', async () => {
    const MIB = 1024 * 1024;
    const madeOf = (length: number): Promise<string> =>
      renderTemplate('{{ x }}', new Map([['x', 'x'.repeat(length)]]), 'out', { leftMs: 10_000 });
    expect(await madeOf(MIB)).toHaveLength(MIB);
    expect(await refusalOf(madeOf(MIB + 1))).toContain('cannot be rendered with these values');
  });

  it('may take as much at once as a Secret holds, and no more', async () => {
    const counting = (most: number): string => `{% for i in (1..${most}) %}{% break %}{% endfor %}done`;
    expect(await made(counting(1024 * 1024), '')).toBe('done');
    expect(await detailOf(made(counting(1024 * 1024 + 1), ''))).toContain('more time or memory');
  });

  it('has no way to the environment or to globals', async () => {
    for (const name of ['process', 'globalThis', 'require', 'env'])
      expect(await refusalOf(made(`{{ ${name} }}`, 'a'))).toContain(`unknown variable ${name}`);
  });

  it('is found before any value is read', () => {
    expect(templateProblem('{{ a }}', ['a'], 'k')).toBeUndefined();
    expect(templateProblem('{{ b }}', ['a'], 'k')).toContain('unknown variable b');
    expect(templateProblem('{% if %}', ['a'], 'k')).toContain('the template of key k');
  });
});
