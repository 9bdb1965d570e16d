import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { sampleFile } from '../../shared/registry/sample-schema.ts';
import { clusterYaml } from '../local/stack/sites.ts';
import { ACCEPT, routeYaml } from '../local/stack/tenancy.ts';
import { startStack, type Stack } from '../local/stack/start.ts';
import { openOpenssl } from '../render/authority.ts';

const EXAMPLES = join(import.meta.dirname, '../../infra/examples');
/** Examples of version 0.1.0, which stand there to this day: most forms that a value can be rendered in. */
const OF_EARLIER = [
  'basic-auth',
  'binary',
  'certificate',
  'environment',
  'java-keystore',
  'json-expand',
  'json-properties',
  'registry-login',
  'registry-logins',
  'ssh-auth',
  'templates',
  'text',
];
const CLUSTERS = ['weu-1', 'neu-1'] as const;
const DAY_SECONDS = 24 * 3600;
const now = Math.floor(Date.now() / 1000);

/** Namespace -> what it accepts. */
const NAMESPACES = {
  'app-1': [...OF_EARLIER.map((name) => `${name}--`), 'app--', 'gone--', 'asleep--'].join(','),
  states: 'states--,leaving--',
  closed: undefined,
};

const ROUTES = [
  routeYaml('app', { prefix: 'app--', namespaces: ['app-1'] }),
  routeYaml('gone', { prefix: 'gone--', namespaces: ['app-1'] }),
  routeYaml('asleep', { prefix: 'asleep--', namespaces: ['app-1'], paused: true }),
  routeYaml('refused', { prefix: 'refused--', namespaces: ['closed'] }),
  routeYaml('states', { prefix: 'states--', namespaces: ['states'] }),
  routeYaml('leaving', {
    prefix: 'leaving--',
    namespaces: ['states'],
    onDeleted: 'remove',
    onDisabled: 'remove',
  }),
];

/** The value that two clusters get by an event, one of them late. */
export const ROTATED = 'app--pg--password';

/** Secret -> value, and what else is known of it. */
const VALUES: readonly [string, string, object?][] = [
  [ROTATED, 'one'],
  ['app--pg--user', 'admin'],
  ['gone--db--password', 'orphan'],
  ['asleep--zz--password', 'asleep'],
  ['refused--pg--password', 'nobody takes it'],
  ['states--disabled--x', 'x'],
  ['states--near--x', 'x', { exp: now + 3 * DAY_SECONDS }],
  ['states--expired--x', 'x', { exp: now - DAY_SECONDS }],
  ['states--future--x', 'x', { nbf: now + DAY_SECONDS }],
  ['leaving--pg--password', 'bye'],
  ['leaving--pg--user', 'stays'],
];

function setSamples({ vault }: Stack): void {
  const samples = sampleFile.parse(parse(readFileSync(join(EXAMPLES, 'secrets.sample'), 'utf8')));
  for (const { name, value, contentType, tags } of samples)
    vault.set('team', name, value, { tags, ...(contentType !== undefined && { contentType }) });
  const openssl = openOpenssl();
  try {
    const root = openssl.issue({ name: 'root', ca: true });
    const { cert, key } = openssl.issue({ name: 'web', issuer: root });
    const bundle = openssl.pkcs12({ key, certs: [root.cert, cert] }).toString('base64');
    const contentType = 'application/x-pkcs12';
    for (const name of ['certificate--web', 'java-keystore--web'])
      vault.set('team', name, bundle, { contentType });
  } finally {
    openssl.close();
  }
}

/** Two clusters, documents that version 0.1.0 understands, and secrets in every state; nothing is delivered yet. */
export async function startSharedFleet(): Promise<Stack> {
  // What a host that ends was working on comes back after five seconds instead of ten minutes.
  const stack = await startStack({ clusters: [...CLUSTERS], env: { HOST_QUEUE_LEASE_SECONDS: '5' } });
  for (const name of CLUSTERS)
    for (const [namespace, accept] of Object.entries(NAMESPACES))
      stack.cluster(name).createNamespace(namespace, accept === undefined ? {} : { [ACCEPT]: accept });
  setSamples(stack);
  for (const [name, value, attributes] of VALUES) stack.vault.set('team', name, value, attributes);
  const examples = OF_EARLIER.map((name) => readFileSync(join(EXAMPLES, `${name}.yaml`), 'utf8'));
  const clusters = stack.sites.map((site) => clusterYaml(site, { env: 'prod' }));
  await stack.apply([...clusters, ...ROUTES, ...examples].join('---\n'));
  return stack;
}
