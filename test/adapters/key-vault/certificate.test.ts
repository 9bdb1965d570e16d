import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createKeyVault } from '../../../shared/adapters/key-vault/vault.ts';
import { failureOf } from '../../../shared/errors.ts';
import { type LocalVaults, startVaults } from './setup.ts';

const REF = { vault: 'team', name: 'app-1--pg' };
const CERTIFICATE = new X509Certificate(rootCertificates[0] ?? '').raw;
const signal = () => AbortSignal.timeout(15_000);

let local: LocalVaults;
let vault: ReturnType<typeof createKeyVault>;
beforeAll(async () => {
  local = await startVaults();
});
afterAll(() => local.stop());
beforeEach(() => {
  local.standIn.server.clearFaults();
  vault = createKeyVault({ ...local, ca: local.authority.caPem });
});

describe('the certificate beside a secret', () => {
  const version = 'a'.repeat(32);
  const answers = (more: object) =>
    local.standIn.server.inject({
      fault: {
        kind: 'status',
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          id: `${local.standIn.url('team')}/certificates/${REF.name}/${version}`,
          attributes: { enabled: true, created: 1, updated: 1 },
          cer: CERTIFICATE.toString('base64'),
          ...more,
        }),
      },
    });
  const ask = () => vault.certificate(REF, version, signal());

  it('is one request to the host of the vault, for that version', async () => {
    answers({});
    expect(await ask()).toEqual(CERTIFICATE);
    expect(local.standIn.server.requests.map(({ path }) => path).at(-1)).toBe(
      `/certificates/${REF.name}/${version}`,
    );
  });

  it.each([
    ['another certificate', { id: `https://x/certificates/other/${version}` }],
    ['another version', { id: `https://x/certificates/${REF.name}/${'b'.repeat(32)}` }],
    ['no certificate', { cer: undefined }],
    ['something else in its place', { cer: Buffer.from('no certificate at all').toString('base64') }],
  ])('is refused when the answer is about %s', async (_what, more) => {
    answers(more);
    const failed = await ask().then(() => undefined, failureOf);
    expect(failed?.code).toBe('VAULT_UNAVAILABLE');
    expect(failed?.message).toMatch(/^vault team, certificate app-1--pg: unusable answer: /);
  });
});
