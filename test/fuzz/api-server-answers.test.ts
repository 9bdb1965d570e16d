import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEntraConnect } from '../../shared/adapters/kubernetes/connection.ts';
import { createKubernetes } from '../../shared/adapters/kubernetes/api.ts';
import { failureOf, type Failure } from '../../shared/errors.ts';
import type { Namespace } from '../../shared/route/consent.ts';
import type { LiveSecret, SecretMetadata, Written } from '../../shared/target/secret.ts';
import type { Cluster } from '../../shared/registry/document.ts';
import { aCluster } from '../adapters/kubernetes/setup.ts';
import { aLiveSecret, base64 } from '../support/builders.ts';
import { answers, plainAnswer, startAnswering } from './answers.ts';
import type { AnsweringServer, Refusal } from './answers.ts';
import type { JsonValue } from './hostile.ts';
import { fuzz, HANGS_MS, LONG } from './property.ts';
import { watchSockets, type Sockets } from './sockets.ts';

const VALUE = 'pa55-word-of-the-cluster';
const DATA = base64(VALUE);
const HOST = 'weu-1.k8s.localhost';
const TARGET = { cluster: 'weu-1', namespace: 'app-1', name: 'pg' };

const metadata = {
  namespace: 'app-1',
  name: 'pg',
  uid: 'u-1',
  resourceVersion: '7',
  finalizers: ['a/b'],
  labels: { 'app.kubernetes.io/managed-by': 'vaultcast' },
  annotations: { 'vaultcast.dev/sources': 'team/app-1--pg@0a:1' },
  ownerReferences: [{ kind: 'x' }],
};
const secret: JsonValue = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata,
  type: 'Opaque',
  data: { password: DATA },
};
const ANOTHER: JsonValue = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { ...metadata, name: 'other' },
  type: 'Opaque',
};
const namespace: JsonValue = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'app-1', annotations: { 'vaultcast.dev/accept': 'app-1--' } },
  status: { phase: 'Active' },
};
const list = (...items: JsonValue[]): JsonValue => ({
  kind: 'List',
  metadata: { resourceVersion: '9' },
  items,
});
const status = (code: number, reason: string): Refusal => ({
  status: code,
  content: {
    apiVersion: 'v1',
    kind: 'Status',
    status: 'Failure',
    code,
    reason,
    message: `Secret "pg" is invalid: data[password]: Invalid value: "${DATA}": ${VALUE}`,
    details: {
      kind: 'secrets',
      causes: [{ reason: 'FieldValueInvalid', field: 'data[password]', message: VALUE }],
    },
  },
});
const REFUSALS = [
  status(401, 'Unauthorized'),
  status(403, 'Forbidden'),
  status(404, 'NotFound'),
  status(409, 'Conflict'),
  status(422, 'Invalid'),
];
const DONE: JsonValue = { kind: 'Status', status: 'Success', details: { uid: 'u-1' } };
const MORE: JsonValue = { kind: 'List', metadata: { continue: 'more' }, items: [namespace] };

const OTHERS = {
  refusals: fc.constantFrom(...REFUSALS),
  foreign: fc.constantFrom(secret, ANOTHER, namespace, DONE, MORE),
};

/** After a page that says there are more. */
const LAST_PAGE = plainAnswer(list(namespace));

let server: AnsweringServer;
let sockets: Sockets;
let cluster: Cluster;
const kubernetes = createKubernetes({
  connect: createEntraConnect(() => async () => 'the-token'),
  allowed: () => undefined,
  timeoutMs: HANGS_MS,
  maxBodyBytes: 250_000,
});

beforeAll(async () => {
  server = await startAnswering([HOST]);
  sockets = watchSockets((place) => place === `${HOST}:${server.port}`);
  cluster = aCluster(`https://${HOST}:${server.port}`, server.authority.caPem);
  // The client is loaded by the first call, which takes longer than a case may.
  await kubernetes.namespaces(cluster, AbortSignal.timeout(10_000)).catch(() => {});
});
afterAll(async () => {
  sockets.restore();
  await kubernetes.close();
  await server.stop();
});

const isText = (value: unknown): boolean => typeof value === 'string';
const areTexts = (...records: object[]): boolean =>
  records.flatMap((one) => Object.values(one)).every(isText);

const ofSummary = ({
  namespace: place,
  name,
  uid,
  resourceVersion,
  labels,
  annotations,
}: SecretMetadata): string[] =>
  [place, name, uid, resourceVersion].every((text) => isText(text) && text !== '') &&
  areTexts(labels, annotations)
    ? []
    : ['summary'];
const ofSecret = (found: LiveSecret | undefined): string[] => {
  if (found === undefined) return [];
  const asked = found.namespace === 'app-1' && found.name === 'pg' && found.cluster === 'weu-1';
  return asked && isText(found.type) && areTexts(found.data) ? ofSummary(found) : ['another Secret'];
};
const ofNamespace = (found: Namespace | undefined): string[] =>
  found === undefined || (found.name !== '' && ['string', 'undefined'].includes(typeof found.accept))
    ? []
    : ['namespace'];
const ofWrite = (written: Written): string[] =>
  ['written', 'conflict', 'namespace-missing'].includes(written.kind) ? [] : ['write'];

const observed = aLiveSecret({ uid: 'u-1', data: { password: DATA } });
const CALLS = {
  secret: (signal: AbortSignal) => kubernetes.secret(cluster, TARGET, signal).then(ofSecret),
  namespace: (signal: AbortSignal) => kubernetes.namespace(cluster, 'app-1', signal).then(ofNamespace),
  namespaces: async (signal: AbortSignal) =>
    (await kubernetes.namespaces(cluster, signal)).flatMap(ofNamespace),
  secrets: async (signal: AbortSignal) =>
    (await kubernetes.managedSecrets(cluster, 'app-1', signal)).flatMap(ofSummary),
  create: (signal: AbortSignal) => kubernetes.create(cluster, observed, signal).then(ofWrite),
  replace: (signal: AbortSignal) => kubernetes.replace(cluster, observed, observed, signal).then(ofWrite),
  remove: (signal: AbortSignal) => kubernetes.remove(cluster, observed, signal).then(ofWrite),
};
/** Each call as often, with an answer to it that is good but for one thing. */
const FITTING: Record<keyof typeof CALLS, readonly JsonValue[]> = {
  secret: [secret],
  namespace: [namespace],
  namespaces: [list(namespace), MORE],
  secrets: [list(secret, secret)],
  create: [secret],
  replace: [secret],
  remove: [secret, DONE],
};
const NAMES = Object.keys(FITTING) as (keyof typeof CALLS)[];
/** One of another name, untouched: the mistake that a call for one Secret must notice. */
const another = fc.constant(plainAnswer(ANOTHER));
const answersTo = (name: keyof typeof CALLS) => {
  const some = answers({ fitting: fc.constantFrom(...FITTING[name]), ...OTHERS });
  return name === 'secret'
    ? fc.oneof({ weight: 3, arbitrary: some }, { weight: 1, arbitrary: another })
    : some;
};
const calls = fc.oneof(...NAMES.map((name) => fc.tuple(fc.constant(name), answersTo(name))));

const ofFailure = ({ code, message }: Failure): string[] => [
  ...(/^(?:CLUSTER_|SECRET_INVALID|NAMESPACE_MISSING)/.test(code) ? [] : [`${code}: ${message}`]),
  ...(/^[\x20-\x7E]{1,1500}$/.test(message) ? [] : [`unprintable: ${message}`]),
  ...(message.includes(VALUE) || message.includes(DATA) ? [`quoted: ${message}`] : []),
];

/** A body that cannot be used says no more than that. */
const SAYS_WHY = { least: 0.1, because: 'most wrong answers are wrong in their body' };
const reaches = {
  secret: 'often',
  namespace: 'often',
  namespaces: 'often',
  secrets: 'often',
  create: 'often',
  replace: 'often',
  remove: 'often',
  'a failure that says why': SAYS_WHY,
  'another Secret': { least: 0.1, because: 'it is one wrong answer of many' },
} as const;

describe('whatever an API server answers', () => {
  it(
    'is what was asked for and sound, or an error of ours that quotes nothing',
    LONG,
    fuzz({ share: 0.13, reaches }, calls, async ([call, answer], saw) => {
      server.answers = [answer, LAST_PAGE];
      const outcome = await CALLS[call](AbortSignal.timeout(HANGS_MS)).catch(failureOf);
      const isGood = Array.isArray(outcome);
      saw(call, isGood);
      if (call === 'secret') saw('another Secret', answer.body.equals(plainAnswer(ANOTHER).body));
      if (!isGood) saw('a failure that says why', outcome.code !== 'CLUSTER_FAILED');
      expect(isGood ? outcome : ofFailure(outcome)).toEqual([]);
      expect(sockets.taken().filter((place) => place !== `${HOST}:${server.port}`)).toEqual([]);
    }),
  );

  it('the token goes to the API server that was asked, and to nobody else', () => {
    expect([...server.tokens]).toEqual([`${HOST}:${server.port} Bearer the-token`]);
    // Nobody else's server stands there to see one: who is not even connected to gets none.
    expect([...sockets.ever]).toEqual([`${HOST}:${server.port}`]);
  });
});
