import { describe, expect, it } from 'vitest';
import { withReadiness } from '../../shared/commands/readiness.ts';
import { VaultcastError } from '../../shared/errors.ts';

const READY = { queues: { push: 'ok' }, tables: { Runs: 'ok' } };
const failing = () => Promise.reject(new VaultcastError('STATUS_UNAVAILABLE', 'table Runs is not available'));

describe('the status of the app', () => {
  it('says beside all else what of storage it can read', async () => {
    const said = await withReadiness(async () => ({ problems: [] }), READY);
    expect(said).toEqual({ problems: [], readiness: { storage: READY } });
  });

  it('says what it cannot read instead of failing for it', async () => {
    const storage = { ...READY, tables: { Runs: 'it answered 403' } };
    expect(await withReadiness(failing, storage)).toEqual({
      failure: { code: 'STATUS_UNAVAILABLE', message: 'table Runs is not available' },
      readiness: { storage },
    });
  });

  it('fails when all can be read and the status cannot', async () => {
    await expect(withReadiness(failing, READY)).rejects.toMatchObject({ code: 'STATUS_UNAVAILABLE' });
  });
});
