import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createKeyVault } from '../../shared/adapters/key-vault/vault.ts';
import type { Ports } from '../../shared/ports.ts';
import { startVaults, type LocalVaults } from '../adapters/key-vault/setup.ts';
import { echoesOf, SILENCES } from './echoes.ts';
import { failuresOf, leaksOf } from './remains.ts';
import { KINDS } from './secrets.ts';

const REF = { vault: 'team', name: 'app-1--pg--password' };
const NEVER = new AbortController().signal;

let local: LocalVaults;
let vault: Ports['vault'];
beforeAll(async () => {
  local = await startVaults();
  vault = createKeyVault({ ...local, ca: local.authority.caPem, timeoutMs: 250 });
});
afterAll(() => local.stop());
afterEach(() => local.standIn.server.clearFaults());

const callsFor = (version: string) => ({
  read: () => vault.read(REF, NEVER),
  readVersion: () => vault.readVersion(REF, version, NEVER),
  certificate: () => vault.certificate(REF, version, NEVER),
  versions: () => vault.versions(REF, NEVER),
  list: () => vault.list('team', NEVER),
});

const bearers = (): string[] =>
  local.standIn.server.requests.flatMap(({ headers }) => headers['authorization']?.split('.')[2] ?? []);

describe.each(KINDS)('of a secret that is %s, whatever a vault answers', (_, plant) => {
  it('no error, line or row holds it', { timeout: 120_000 }, async () => {
    const { value, secrets } = plant();
    const version = local.standIn.set('team', REF.name, value);
    const calls = callsFor(version);
    const left = [];
    for (const fault of [...echoesOf(value), ...SILENCES]) {
      const remove = local.standIn.server.inject({ fault, when: ({ path }) => path !== '/' });
      left.push(...(await failuresOf(JSON.stringify(fault).slice(0, 60), calls)));
      remove();
    }
    expect(left.length).toBeGreaterThan(200);
    expect(leaksOf(left, [...secrets, ...bearers()])).toEqual([]);
  });
});
