import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../shared/adapters/clock.ts';
import { createKeyVault } from '../../shared/adapters/key-vault/vault.ts';
import { createEntraConnect } from '../../shared/adapters/kubernetes/connection.ts';
import { failureOf } from '../../shared/errors.ts';
import type { Ports } from '../../shared/ports.ts';
import { onVaultEvent } from '../../shared/sync.ts';
import { startVaults, type LocalVaults } from '../adapters/key-vault/setup.ts';
import { SCOPE, startCluster } from '../adapters/kubernetes/setup.ts';
import { aFolder, type Folder } from '../cli/folder.ts';
import { run } from '../cli/run.ts';
import type { Captured } from '../stack/leaks.ts';
import { aSecretEvent } from '../support/builders.ts';
import { stored, writtenCluster, writtenRoute } from '../support/documents.ts';
import { fakeRegistry } from '../support/fakes/registry.ts';
import { createWorld } from '../support/world.ts';
import { echoesOf } from './echoes.ts';
import { leaksOf } from './remains.ts';
import { aToken, KINDS } from './secrets.ts';

const NAME = 'app-1--pg--password';
const { signal } = new AbortController();
const token = aToken();

let vaults: LocalVaults;
let local: Awaited<ReturnType<typeof startCluster>>;
let folder: Folder;
beforeAll(async () => {
  vaults = await startVaults();
  local = await startCluster({
    authenticate: async (given) => (given === token.value ? 'pusher' : undefined),
    adapter: { connect: createEntraConnect(() => async () => token.value), timeoutMs: 1000 },
  });
  local.standIn.createNamespace('app-1', { 'vaultcast.dev/accept': 'app-1--' });
});
afterAll(() => Promise.all([vaults.stop(), local.stop()]));
beforeEach(async () => {
  folder = await aFolder();
});
afterEach(async () => {
  vaults.standIn.server.clearFaults();
  local.standIn.server.clearFaults();
  await folder.remove();
});

const vault = () => createKeyVault({ ...vaults, ca: vaults.authority.caPem, timeoutMs: 400 });

/** Vault and cluster as they are, with tables and queues that can be looked into. */
function aWorld() {
  const { server, certificateAuthorityData } = local.cluster.spec;
  const spec = { server, certificateAuthorityData, credential: { entra: { scope: SCOPE } } };
  const world = createWorld({ clusters: { 'weu-1': spec } });
  const ports: Ports = { ...world.ports, vault: vault(), kubernetes: local.kubernetes, clock: systemClock };
  return { world, ports };
}

/** One event, and everything it left outside of vault and cluster. */
async function leftOf({ world, ports }: ReturnType<typeof aWorld>): Promise<Captured[]> {
  const settings = { ...world.settings, vaults: vaults.vaults };
  const event = aSecretEvent({
    name: NAME,
    data: { Id: `${vaults.vaults.get('team')}/secrets/${NAME}/0123456789abcdef0123456789abcdef` },
  });
  const thrown = await onVaultEvent(event, ports, settings).then(() => undefined, failureOf);
  const rows = await world.ports.status.targets('weu-1', signal);
  const problems = await world.ports.status.targets('-', signal);
  const messages = world.ports.queue.waiting('push');
  return [
    ...world.ports.log.lines.map((text) => ({ where: 'a log line', text })),
    ...[...rows, ...problems].map((row) => ({ where: 'a row', text: JSON.stringify(row) })),
    ...messages.map((message) => ({ where: 'a message', text: JSON.stringify(message) })),
    { where: 'an error', text: JSON.stringify(thrown) ?? '' },
  ];
}

describe.each(KINDS)('of a value that is %s and pushed', (_, plant) => {
  it('no line, row or message holds it', { timeout: 120_000 }, async () => {
    const { value, secrets } = plant();
    vaults.standIn.set('team', NAME, value);
    const left: Captured[] = [];
    const places = [
      [vaults.standIn.server, 'GET'],
      [local.standIn.server, 'GET'],
      [local.standIn.server, 'POST'],
    ] as const;
    for (const fault of echoesOf(value))
      for (const [server, method] of places) {
        const remove = server.inject({ fault, when: (request) => request.method === method });
        left.push(...(await leftOf(aWorld())));
        remove();
        if (local.standIn.secret('app-1', 'pg') !== undefined) local.standIn.remove('app-1', 'pg');
      }
    left.push(...(await leftOf(aWorld())));
    expect(left.filter(({ where }) => where === 'a message').length).toBeGreaterThan(20);
    const codes = left.map(({ text }) => /"code":"(\w+)"/.exec(text)?.[1]);
    expect([...new Set(codes)]).toEqual(
      expect.arrayContaining(['DELIVERED', 'SECRET_INVALID', 'VAULT_FORBIDDEN']),
    );
    expect(leaksOf(left, [...secrets, ...token.secrets])).toEqual([]);
  });
});

describe.each(KINDS)('of a value that is %s and rendered for a person', (_, plant) => {
  it('nothing of it is printed', { timeout: 120_000 }, async () => {
    const { value, secrets } = plant();
    vaults.standIn.set('team', NAME, value);
    const layouts = [
      {},
      { json: { property: 'missing' }, layout: 'flat' },
      { encoding: 'hex' },
      { certificate: 'expand', layout: 'flat' },
    ];
    const printed: Captured[] = [];
    for (const fault of [undefined, ...echoesOf(value).slice(0, 40)])
      for (const spec of fault === undefined ? layouts : [{}]) {
        const remove = fault === undefined ? () => {} : vaults.standIn.server.inject({ fault });
        const registry = fakeRegistry(stored(writtenCluster()), stored(writtenRoute('app-1', spec)));
        for (const args of [
          ['render', 'app-1'],
          ['render', 'app-1', '-o', 'json'],
        ]) {
          const { out, err } = await run(args, { registry, vault: vault() });
          printed.push(
            { where: args.join(' '), text: out },
            { where: `${args.join(' ')}, stderr`, text: err },
          );
        }
        remove();
      }
    expect(printed.filter(({ text }) => text !== '').length).toBeGreaterThan(20);
    expect(leaksOf(printed, secrets)).toEqual([]);
  });
});
