import { describe, expect, it } from 'vitest';
import { keyVaultFailure } from '../../shared/adapters/key-vault/failure.ts';
import { VaultcastError } from '../../shared/errors.ts';
import { targetDocument } from '../../shared/output/target.ts';
import { aRow } from '../cli/rows.ts';

/** What a 403 of a vault with Azure RBAC becomes, as a row of a target keeps it. */
function helpFor(kind: 'secret' | 'certificate', innererror: string): string | undefined {
  const error = {
    statusCode: 403,
    code: 'Forbidden',
    details: { error: { innerError: { code: innererror } } },
  };
  const failure = keyVaultFailure(error, { vault: 'team', name: 'app-1--certificate--x', kind }, 0);
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
