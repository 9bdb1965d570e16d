import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { RegistryDocument, Route } from '../../shared/registry/document.ts';
import { collisionsIn } from '../../shared/registry/collisions.ts';
import { findDuplicates, readDocuments } from '../../shared/registry/read.ts';
import { sampleFile } from '../../shared/registry/sample-schema.ts';
import type { SourceVersion } from '../../shared/source/source.ts';
import { previewRoute, sampleVersions } from '../../shared/cli/render/preview.ts';
import { FILTERS } from '../../shared/render/filters.ts';
import { type Openssl, openOpenssl } from '../render/authority.ts';
import { aPfx, READ_AT } from '../render/builders.ts';

const FOLDER = join(import.meta.dirname, '../../infra/examples');
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'));
const read = files.map((file) => readDocuments(file, readFileSync(join(FOLDER, file), 'utf8')));
const documents: RegistryDocument[] = read.flatMap((one) => one.documents.map(({ document }) => document));
const routes = documents.filter((document): document is Route => document.kind === 'Route');

/** Secret -> its keys, for every example. */
const EXPECTED: Record<string, Record<string, string[]>> = {
  'basic-auth': { prometheus: ['password', 'username'] },
  binary: { 'binary--keytab': ['keytab'] },
  certificate: { web: ['ca.crt', 'tls.crt', 'tls.key'] },
  'config-files': { 'config-files': ['.env', 'application.properties', 'settings.yaml'] },
  'dotnet-certificate': { 'dotnet-tls': ['ca-bundle.pem', 'tls.pfx', 'trust.p12'] },
  environment: { api: ['CLIENT_ID'] },
  formats: { db: ['PASSWORD', 'USER'] },
  immutable: { licence: ['key'] },
  'java-keystore': { 'java-tls': ['ca.crt', 'password', 'tls.crt', 'tls.key', 'tls.p12'] },
  'json-expand': { mongo: ['password', 'port', 'ratio', 'user'] },
  'json-properties': { rabbitmq: ['ca.bin', 'password', 'username'] },
  'many-namespaces': { pg: ['password'] },
  'public-certificate': { 'signing-certificate': ['signing.crt'] },
  'registry-login': { acr: ['.dockerconfigjson'] },
  'registry-logins': { 'pull-secrets': ['.dockerconfigjson'] },
  restart: { pg: ['password'] },
  'rotated-together': { pg: ['password', 'user'] },
  'ssh-auth': { 'git-deploy': ['known_hosts', 'ssh-privatekey'] },
  templates: { database: ['application.properties', 'connection-string', 'settings.json', 'url'] },
  text: { postgres: ['password', 'user'] },
};

let openssl: Openssl;
let secrets: Map<string, SourceVersion>;

beforeAll(() => {
  openssl = openOpenssl();
  const root = openssl.issue({ name: 'root', ca: true });
  const { cert, key } = openssl.issue({ name: 'web', issuer: root });
  const bundle = aPfx(openssl.pkcs12({ key, certs: [root.cert, cert] }));
  const samples = parse(readFileSync(join(FOLDER, 'secrets.sample'), 'utf8')) as unknown;
  secrets = sampleVersions(sampleFile.parse(samples), READ_AT);
  for (const name of [
    'certificate--web',
    'dotnet-certificate--web',
    'java-keystore--web',
    'public-certificate--signing',
  ])
    secrets.set(name, { ...bundle, name });
});
afterAll(() => openssl.close());

const keysOf = ({ keys }: { keys: readonly { key: string }[] }): string[] => keys.map(({ key }) => key);

describe('the examples', () => {
  it('are documents without a problem, none of which is in the way of another', () => {
    expect(read.flatMap(({ problems }) => problems)).toEqual([]);
    expect(findDuplicates(read.flatMap((one) => one.documents))).toEqual([]);
    expect(collisionsIn(documents)).toEqual([]);
  });

  it('hold a cluster that every route asks for', () => {
    const [cluster] = documents.filter((document) => document.kind === 'Cluster');
    expect(cluster?.metadata.labels).toMatchObject({ env: 'prod' });
    expect(routes.every(({ spec }) => 'matchLabels' in spec.clusters)).toBe(true);
  });

  it('are all rendered here', () => {
    expect(routes.map(({ metadata }) => `${metadata.name}.yaml`).sort()).toEqual(
      files.filter((file) => file !== 'cluster.yaml').sort(),
    );
    expect(routes.map(({ metadata }) => metadata.name).sort()).toEqual(Object.keys(EXPECTED).sort());
  });

  it.each(routes.map((route) => [route.metadata.name, route] as const))('%s renders', async (name, route) => {
    const preview = await previewRoute(route, secrets);
    expect(preview.unplaced).toEqual([]);
    expect(preview.secrets.map(({ refusal, notes }) => ({ refusal, notes }))).toEqual(
      preview.secrets.map(() => ({ refusal: undefined, notes: [] })),
    );
    expect(Object.fromEntries(preview.secrets.map((one) => [one.name, keysOf(one)]))).toEqual(EXPECTED[name]);
  });
});

describe('their README', () => {
  const text = readFileSync(join(FOLDER, 'README.md'), 'utf8');

  it('leads to each of them', () => {
    const linked = [...text.matchAll(/\]\((?<file>[a-z-]+\.yaml)\)/g)].map(
      ({ groups }) => groups?.['file'] ?? '',
    );
    expect([...linked, 'cluster.yaml'].sort()).toEqual(files.toSorted());
  });

  it('names every filter that is our own', () => {
    const section = text.slice(text.indexOf('| Filter'));
    for (const filter of Object.keys(FILTERS)) expect(section).toContain(`\`${filter}`);
  });
});
