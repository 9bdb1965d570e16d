import type { Failure } from '../errors.ts';
import { grantRole } from '../status/vault-role.ts';
import { fail, listed, ok, type Verdict, warn } from './verdict.ts';

/** A certificate of which a route brings the public part to the cluster, read as a push reads it. */
interface CertificateLook {
  vault: string;
  /** Of its secret. */
  name: string;
  route: string;
  /** Why it, or its secret, cannot be read. */
  failure: Failure | undefined;
}

/**
 * Whether the identity may read what routes ask for beside the secrets of a vault: it needs a role that nothing else does, and
 * only where a secret holds no certificate. Nothing is said where no route asks for the public part of one.
 */
export function certificateVerdicts(looks: readonly CertificateLook[]): Verdict[] {
  const groups = Map.groupBy(
    looks,
    ({ vault, failure }) => `${vault} ${failure?.code} ${grantRole(failure?.message ?? '')}`,
  );
  return [...groups.values()].map((alike) => {
    const [{ vault, failure } = { vault: '', failure: undefined }] = alike;
    const names = listed(alike.map(({ name }) => name));
    if (failure === undefined)
      return ok('certificates', `reads the public part of ${names} in vault ${vault}`);
    const routes = listed([...new Set(alike.map(({ route }) => route))]);
    const found = `${failure.message} (${failure.code}): route ${routes} takes the public part of ${names}`;
    if (failure.code !== 'VAULT_FORBIDDEN') return warn('certificates', found, 'run the check again');
    return fail(
      'certificates',
      found,
      `${grantRole(failure.message)} (or deploy with certificates: true beside the vault)`,
    );
  });
}
