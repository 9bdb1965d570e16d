import { identityOf } from '../../../render/identity.ts';
import { RenderRefusal } from '../../../render/refusal.ts';
import type { SourceVersion } from '../../../source/source.ts';
import { CREDENTIAL_VAULT, credentialFailure } from './store.ts';
import { VaultcastError } from '../../../errors.ts';

interface ClientCertificate {
  /** PEM, intermediates after it. */
  certificate: string;
  /** PEM, PKCS#8. */
  key: string;
  /** ms since the epoch. */
  expires: number;
}

/**
 * A client certificate and its key: PEM blocks in any order, or PKCS#12 without a password in base64, as Key Vault keeps
 * certificates of either content type. Rejects with CLUSTER_CREDENTIAL, never quoting it.
 */
export async function clientCertificate(secret: string, version: SourceVersion): Promise<ClientCertificate> {
  try {
    const { key, chain } = await identityOf(version, secret);
    return {
      certificate: chain.map(String).join(''),
      key: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
      expires: chain[0]?.validToDate.getTime() ?? 0,
    };
  } catch (error) {
    if (error instanceof RenderRefusal)
      throw new VaultcastError('CLUSTER_CREDENTIAL', `${CREDENTIAL_VAULT}: ${error.message}`);
    throw credentialFailure(secret, 'is no client certificate with its key');
  }
}
