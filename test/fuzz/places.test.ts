import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../shared/adapters/clock.ts';
import { createKeyVault } from '../../shared/adapters/key-vault/vault.ts';
import { createEntraConnect } from '../../shared/adapters/kubernetes/connection.ts';
import { createKubernetes } from '../../shared/adapters/kubernetes/api.ts';
import { clusterRefusal, type AllowedClusters } from '../../shared/config/clusters.ts';
import { parseHosts } from '../../shared/config/hosts.ts';
import { parseScopes } from '../../shared/config/scopes.ts';
import { failureOf } from '../../shared/errors.ts';
import { clusterDocument } from '../../shared/registry/cluster-schema.ts';
import { onVaultEvent } from '../../shared/sync.ts';
import { SCOPE } from '../adapters/kubernetes/setup.ts';
import { aCloudEvent, aSecretEvent } from '../support/builders.ts';
import { writtenCluster } from '../support/documents.ts';
import { createWorld } from '../support/world.ts';
import { startAnswering } from './answers.ts';
import type { AnsweringServer } from './answers.ts';
import { hostileText, mutated, type JsonValue } from './hostile.ts';
import { fuzz, LONG } from './property.ts';
import { watchSockets, type Sockets } from './sockets.ts';

let server: AnsweringServer;
let sockets: Sockets;
let allowed: AllowedClusters;
/** Whatever was tried, or none of this would say anything. */
const tried = new Set<string>();

function taken(): string[] {
  const places = sockets.taken();
  for (const place of places) tried.add(place.replace(/:\d+$/, ''));
  return places;
}

beforeAll(async () => {
  server = await startAnswering(['*.k8s.localhost', '*.vault.localhost']);
  const pattern = `*.k8s.localhost:${server.port}`;
  allowed = { ...parseHosts(pattern).value, scopes: parseScopes(`${SCOPE}@${pattern}`).value };
  // Nothing at all leaves, wherever it wants to go: what counts is what was tried.
  sockets = watchSockets(() => false);
});
afterAll(async () => {
  sockets.restore();
  await server.stop();
});

const kubernetes = createKubernetes({
  connect: createEntraConnect(async () => 'the-token'),
  allowed: (cluster) => clusterRefusal(allowed, cluster),
  timeoutMs: 1000,
});

const hosts = fc.oneof(
  { weight: 3, arbitrary: fc.constant('weu-1.k8s.localhost') },
  fc.constantFrom(
    'weu-1.k8s.localhost',
    'WEU-1.K8S.LOCALHOST',
    'k8s.localhost',
    'weu-1.k8s.localhost.',
    '.k8s.localhost',
  ),
  fc.constantFrom(
    'weu-1.k8s.localhost.evil.example',
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
const addresses = fc
  .record({
    scheme: fc.constantFrom(
      'https://',
      'https://',
      'https://',
      'https:',
      'http://',
      'HTTPS://',
      'https:\\\\',
      'https:///',
    ),
    user: fc.constantFrom('', '', '', 'a@', 'weu-1.k8s.localhost@', 'a:b@', 'weu-1.k8s.localhost:443@'),
    host: hosts,
    port: fc.constantFrom('PORT', 'PORT', '', ':443', ':0', ':65536', ':PORT', ':22'),
    path: fc.oneof(
      { weight: 2, arbitrary: fc.constantFrom('', '/', '/k8s/clusters/c-1') },
      fc.constantFrom(
        '',
        '/',
        '/k8s/clusters/c-1',
        '/..',
        '//evil.example',
        '/a/../../..',
        '?x',
        '#x',
        '\\x',
      ),
      hostileText,
    ),
  })
  .map(({ scheme, user, host, port, path }) => ({ scheme, user, host, port, path }));

describe('wherever the registry says that a cluster is', () => {
  it(
    'only hosts of CLUSTER_HOSTS are connected to',
    LONG,
    fuzz(0.05, addresses, async ({ scheme, user, host, port, path }) => {
      const server_ = `${scheme}${user}${host}${port.replace('PORT', `:${server.port}`).replace('::', ':')}${path}`;
      const credential = { entra: { scope: SCOPE } };
      const { data } = clusterDocument.safeParse(writtenCluster('weu-1', { server: server_, credential }));
      const outcomes = await Promise.all(
        data === undefined
          ? []
          : [
              kubernetes.namespaces(data, AbortSignal.timeout(2000)).then(() => 'listed', failureOf),
              kubernetes
                .secret(data, { cluster: 'weu-1', namespace: 'app-1', name: 'pg' }, AbortSignal.timeout(2000))
                .then(() => 'read', failureOf),
            ],
      );
      const isOurs = new RegExp(`^[a-z0-9.-]+\\.k8s\\.localhost:${server.port}$`);
      expect(taken().filter((place) => !isOurs.test(place))).toEqual([]);
      expect(outcomes.filter((outcome) => typeof outcome === 'string')).toEqual([]);
    }),
  );
});

const events = mutated(
  fc.constantFrom(
    aSecretEvent() as JsonValue,
    aCloudEvent() as JsonValue,
    aSecretEvent({ vault: 'evil' }) as JsonValue,
  ),
);

describe('whatever an event says', () => {
  it(
    'only vaults of VAULTS are connected to',
    LONG,
    fuzz(0.03, fc.array(events, { maxLength: 3 }), async (body) => {
      const world = createWorld();
      const vaults = new Map([['team', 'https://team.vault.azure.net']]);
      const credential = {
        getToken: async () => ({ token: 'the-token', expiresOnTimestamp: Date.now() + 3_600_000 }),
      };
      const vault = createKeyVault({ vaults, credential, timeoutMs: 50 });
      // Sockets take real time.
      const ports = { ...world.ports, vault, clock: systemClock };
      await onVaultEvent(body, ports, { ...world.settings, vaults });
      const places = taken();
      expect(places.filter((place) => place !== 'team.vault.azure.net:443')).toEqual([]);
    }),
  );
});

it('connections were tried to the vaults that are configured', () => {
  expect([...tried].sort()).toEqual(expect.arrayContaining(['team.vault.azure.net', 'weu-1.k8s.localhost']));
});
