import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../shared/adapters/clock.ts';
import { createKeyVault } from '../../shared/adapters/key-vault/vault.ts';
import { documentedServer } from '../../shared/adapters/kubernetes/connection.ts';
import { createKubernetes } from '../../shared/adapters/kubernetes/api.ts';
import { clusterRefusal } from '../../shared/config/clusters.ts';
import type { Config } from '../../shared/config/config.ts';
import { parseHosts } from '../../shared/config/hosts.ts';
import { failureOf } from '../../shared/errors.ts';
import { clusterDocument } from '../../shared/registry/cluster-schema.ts';
import { onVaultEvent } from '../../shared/sync.ts';
import { aCloudEvent, aSecretEvent } from '../support/builders.ts';
import { writtenCluster } from '../support/documents.ts';
import { createWorld } from '../support/world.ts';
import { startAnswering } from './answers.ts';
import type { AnsweringServer } from './answers.ts';
import { hostileText, mutated, type JsonValue } from './hostile.ts';
import { fuzz, HANGS_MS, LONG } from './property.ts';
import { watchSockets, type Sockets } from './sockets.ts';

let server: AnsweringServer;
let sockets: Sockets;
let allowed: Config['clusters'];
beforeAll(async () => {
  server = await startAnswering(['*.k8s.localhost', '*.vault.localhost']);
  const pattern = `*.k8s.localhost:${server.port}`;
  allowed = { ...parseHosts(pattern).value, scopes: { bound: [], refused: [] } };
  // Nothing at all leaves, wherever it wants to go: what counts is what was tried.
  sockets = watchSockets(() => false);
});
afterAll(async () => {
  sockets.restore();
  await server.stop();
});

/** With a credential that is bound to no server: nothing but CLUSTER_HOSTS is in the way. */
const kubernetes = createKubernetes({
  connect: async (cluster) => ({
    ...documentedServer(cluster),
    auth: { source: 'unbound', bearer: async () => 'the-token' },
  }),
  allowed: (cluster) => clusterRefusal(allowed, cluster),
  timeoutMs: HANGS_MS,
});

const HOST = 'weu-1.k8s.localhost';
const hosts = fc.oneof(
  fc.constantFrom('WEU-1.K8S.LOCALHOST', 'k8s.localhost', `${HOST}.`, '.k8s.localhost'),
  fc.constantFrom(
    `${HOST}.evil.example`,
    'weu-1k8s.localhost',
    'evil.example',
    '127.0.0.1',
    '[::1]',
    '0x7f.1',
  ),
  fc.constantFrom(
    'weu-1。k8s。localhost',
    'ｗeu-1.k8s.localhost',
    'evil.example%2f.k8s.localhost',
    'evil.example\\.k8s.localhost',
  ),
  hostileText,
);
const SCHEMES = ['https:', 'http://', 'HTTPS://', 'https:\\\\', 'https:///'];
const USERS = ['a@', `${HOST}@`, 'a:b@', `${HOST}:443@`];
const PORTS = ['', ':443', ':0', ':65536', ':PORT', ':22'];
const PATHS = ['/', '/k8s/clusters/c-1', '/..', '//evil.example', '/a/../../..', '?x', '#x', '\\x'];

interface Address {
  scheme: string;
  user: string;
  host: string;
  port: string;
  path: string;
}

const PLAIN: Address = { scheme: 'https://', user: '', host: HOST, port: ':PORT', path: '' };
/** Addresses that are plain but for one part, seldom but for two. */
const part: fc.Arbitrary<Partial<Address>> = fc.oneof(
  fc.record({ scheme: fc.constantFrom(...SCHEMES) }),
  fc.record({ user: fc.constantFrom(...USERS) }),
  fc.record({ host: hosts }),
  fc.record({ port: fc.constantFrom(...PORTS) }),
  fc.record({ path: fc.oneof(fc.constantFrom(...PATHS), hostileText) }),
);
const addresses = fc.oneof(
  { weight: 2, arbitrary: fc.constant(PLAIN) },
  { weight: 4, arbitrary: part.map((one) => ({ ...PLAIN, ...one })) },
  { weight: 1, arbitrary: fc.tuple(part, part).map(([one, other]) => ({ ...PLAIN, ...one, ...other })) },
);

const CONNECTS = { 'a connection': 'often', none: 'often' } as const;
const ASKED = { cluster: 'weu-1', namespace: 'app-1', name: 'pg' };

describe('wherever the registry says that a cluster is', () => {
  it(
    'only hosts of CLUSTER_HOSTS are connected to',
    LONG,
    fuzz({ share: 0.05, reaches: CONNECTS }, addresses, async (address, saw) => {
      const { scheme, user, host, port, path } = address;
      const at = `${scheme}${user}${host}${port.replace('PORT', String(server.port))}${path}`;
      const { data } = clusterDocument.safeParse(writtenCluster('weu-1', { server: at }));
      const signal = AbortSignal.timeout(HANGS_MS);
      const calls = data && [
        kubernetes.namespaces(data, signal).then(() => 'listed', failureOf),
        kubernetes.secret(data, ASKED, signal).then(() => 'read', failureOf),
      ];
      const outcomes = await Promise.all(calls ?? []);
      expect(outcomes.filter((outcome) => typeof outcome === 'string')).toEqual([]);
      const places = sockets.taken();
      saw('a connection', places.length > 0);
      saw('none', places.length === 0);
      const isOurs = new RegExp(`^[a-z0-9.-]+\\.k8s\\.localhost:${server.port}$`);
      expect(places.filter((place) => !isOurs.test(place))).toEqual([]);
    }),
  );
});

const ours = fc.constantFrom(aSecretEvent() as JsonValue, aCloudEvent() as JsonValue);
const event = fc.oneof(
  { weight: 2, arbitrary: ours },
  { weight: 4, arbitrary: mutated(ours) },
  { weight: 1, arbitrary: fc.constant(aSecretEvent({ vault: 'evil' }) as JsonValue) },
);

/** A route of a vault that nobody configured, for the secret of the events. */
const OF_EVIL = { vault: 'evil', prefix: 'app-1--', namespaces: ['app-2'], layout: 'flat' };

describe('whatever an event says', () => {
  it(
    'only vaults of VAULTS are connected to',
    LONG,
    fuzz({ share: 0.03, reaches: CONNECTS }, event, async (body, saw) => {
      const world = createWorld({
        routes: { 'app-1': {}, evil: OF_EVIL },
        namespaces: { 'app-1': 'app-1--', 'app-2': 'app-1--' },
      });
      const vaults = new Map([['team', 'https://team.vault.azure.net']]);
      const credential = {
        getToken: async () => ({ token: 'the-token', expiresOnTimestamp: Date.now() + 3_600_000 }),
      };
      const vault = createKeyVault({ vaults, credential, timeoutMs: 50 });
      // Sockets take real time.
      const ports = { ...world.ports, vault, clock: systemClock };
      await onVaultEvent(body, ports, { ...world.settings, vaults });
      const places = sockets.taken();
      saw('a connection', places.length > 0);
      saw('none', places.length === 0);
      expect(places.filter((place) => place !== 'team.vault.azure.net:443')).toEqual([]);
    }),
  );
});
