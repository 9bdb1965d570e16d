import { describe, expect, it } from 'vitest';
import { fieldText } from '../../shared/registry/describe.ts';
import { registryDocument } from '../../shared/registry/document.ts';
import { explain } from '../../shared/registry/issues.ts';
import { writtenCluster, writtenRoute } from '../support/documents.ts';

const said = (written: unknown): string[] => {
  const { error } = registryDocument.safeParse(written);
  const findings = error === undefined ? [] : explain(error, written);
  return findings.map(
    ({ path, message }) => `${fieldText(path)}: ${message.replace(/ \(known here: .*/, '')}`,
  );
};
const ofRoute = (spec: object) => said(writtenRoute('app-1', { ...spec }));
const ofCluster = (spec: object) => said(writtenCluster('weu-1', { ...spec }));
const PEM = '-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n';
const explicit = (data: object) => ofRoute({ layout: 'explicit', name: 'pg', data });

describe('what is wrong with a document', () => {
  it.each<[string, string[], string[]]>([
    [
      'an unknown kind',
      said({ ...writtenRoute(), kind: 'Rout' }),
      ['kind: found "Rout", must be Cluster or Route; did you mean Route?'],
    ],
    ['a missing kind', said({ metadata: {} }), ['kind: is missing, must be Cluster or Route']],
    [
      'another version',
      said({ ...writtenRoute(), apiVersion: 'v1' }),
      ['apiVersion: found "v1", must be vaultcast.dev/v1'],
    ],
    ['no document', said(null), [': found null, must be a mapping']],
    ['a missing spec', said({ ...writtenRoute(), spec: undefined }), ['spec: is missing, must be a mapping']],
    ['a mistyped field', ofRoute({ lyout: 'flat' }), ['spec.lyout: unknown field; did you mean layout?']],
    [
      'an authority that is not base64',
      ofCluster({ certificateAuthorityData: PEM }),
      ['spec.certificateAuthorityData: must be base64 of PEM certificates, as in a kubeconfig'],
    ],
    ['an authority as in a kubeconfig', ofCluster({ certificateAuthorityData: btoa(PEM) }), []],
    [
      'a store without a password',
      explicit({ 'tls.p12': { certificate: 'app-1--tls', part: 'p12' } }),
      ['spec.data["tls.p12"]: a store needs password, the secret that holds it, or password: none'],
    ],
    [
      'a trust store without a password',
      explicit({ trust: { certificate: 'app-1--tls', part: 'truststore' } }),
      ['spec.data.trust: a store needs password, the secret that holds it, or password: none'],
    ],
    [
      'no password for what nothing locks',
      explicit({ trust: { certificate: 'app-1--tls', part: 'truststore', as: 'pem' } }),
      [],
    ],
    [
      'a segment that is none',
      ofRoute({ namespaces: { fromSegment: 0 } }),
      ['spec.namespaces.fromSegment: found 0, must be at least 1'],
    ],
    [
      'a segment that no name has',
      ofRoute({ namespaces: { fromSegment: 21 } }),
      ['spec.namespaces.fromSegment: found 21, must be at most 20'],
    ],
    [
      'no name at all',
      ofRoute({ clusters: { names: [] } }),
      ['spec.clusters.names: found a list, must have at least 1 entry'],
    ],
    [
      'an empty property',
      explicit({ k: { secret: 'app-1--pg', property: '' } }),
      ['spec.data.k.property: found "", must have at least 1 character'],
    ],
    ['a far-fetched field', ofRoute({ frobnicate: 1 }), ['spec.frobnicate: unknown field']],
    [
      'a mistyped value',
      ofRoute({ layout: 'servic' }),
      ['spec.layout: found "servic", must be service or flat or explicit; did you mean service?'],
    ],
    [
      'a prefix without its end',
      ofRoute({ prefix: 'app-4' }),
      [
        'spec.layout: service needs a prefix that ends in "--": with one whole secret name use flat or explicit; did you mean prefix: app-4--?',
      ],
    ],
    [
      'a prefix without its end, and a key of a secret that begins so',
      ofRoute({
        prefix: 'app-4',
        layout: 'explicit',
        name: 'pg',
        data: { k: { secret: 'app-4--pg' }, other: { secret: 'app-40--pg' } },
      }),
      [
        "spec.data.k: secret app-4--pg is outside the route's prefix app-4; did you mean prefix: app-4--?",
        "spec.data.other: secret app-40--pg is outside the route's prefix app-4",
      ],
    ],
    ['a whole name as prefix, where the layout takes one', ofRoute({ prefix: 'app-4', layout: 'flat' }), []],
    [
      'a boolean label',
      ofRoute({ clusters: { matchLabels: { env: true } } }),
      ['spec.clusters.matchLabels.env: found true, must be a string: put it in quotes'],
    ],
    [
      'a number as a tag',
      ofRoute({ match: { tags: { tier: 1 } } }),
      ['spec.match.tags.tier: found 1, must be a string: put it in quotes'],
    ],
    [
      'neither form of a union',
      ofRoute({ clusters: 'weu-1' }),
      ['spec.clusters: found "weu-1", must be {matchLabels: {…}} or {names: […]}'],
    ],
    [
      'an empty form',
      ofRoute({ clusters: {} }),
      ['spec.clusters: found a mapping, must be {matchLabels: {…}} or {names: […]}'],
    ],
    [
      'a mistyped form',
      ofRoute({ namespaces: { fromSegments: 1 } }),
      [
        'spec.namespaces.fromSegment: is missing, must be a number',
        'spec.namespaces.fromSegments: unknown field; did you mean fromSegment?',
      ],
    ],
    [
      'a bad item',
      ofRoute({ namespaces: ['ok', 'Not'] }),
      [
        'spec.namespaces[1]: found "Not", must be a namespace name: lower case letters, digits and "-", at most 63',
      ],
    ],
    [
      'a mistyped key entry',
      explicit({ 'tls.key': { secre: 'app-1--x' } }),
      [
        'spec.data["tls.key"].secret: is missing, must be a string',
        'spec.data["tls.key"].secre: unknown field; did you mean secret?',
      ],
    ],
    [
      'a secret outside the prefix',
      explicit({ a: { secret: 'app-2--x' }, b: { template: '{{x}}', secrets: { x: 'app-10--y' } } }),
      [
        "spec.data.a: secret app-2--x is outside the route's prefix app-1--",
        "spec.data.b: secret app-10--y is outside the route's prefix app-1--",
      ],
    ],
    [
      'a token type',
      ofRoute({ type: 'kubernetes.io/service-account-token' }),
      ['spec.type: must not be a token type: those grant access to the cluster'],
    ],
    [
      'our own labels',
      ofRoute({ labels: { 'vaultcast.dev/instance': 'x' } }),
      ['spec.labels: must not set vaultcast.dev/ or app.kubernetes.io/managed-by'],
    ],
    [
      'more annotations than Kubernetes takes',
      ofRoute({
        annotations: Object.fromEntries(
          Array.from({ length: 70 }, (_, index) => [`a${index}`, 'x'.repeat(4000)]),
        ),
      }),
      ['spec.annotations: must have at most 262144 bytes in all'],
    ],
    [
      'two ways to reach a cluster',
      ofCluster({
        aks: '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/weu-1',
      }),
      [
        'spec.server: exactly one of aks and server must be set',
        'spec.credential: must not be set together with aks',
      ],
    ],
    ['a server without TLS', ofCluster({ server: 'http://x' }), ['spec.server: must be an https:// URL']],
    [
      'a server with a password',
      ofCluster({ server: 'https://u:p@x' }),
      ['spec.server: must have no user, query or fragment'],
    ],
  ])('%s', (_, found, expected) => {
    expect(found).toEqual(expected);
  });

  it('never repeats what stands where a credential could have been pasted, nor anything long', () => {
    const token = 'eyJhbGciOi';

    expect(ofCluster({ credential: { token } }).join()).not.toContain(token);
    expect(ofCluster({ credential: { token: { secret: `${token} ` } } }).join()).not.toContain(token);
    expect(ofRoute({ layout: 'x'.repeat(500) })).toEqual([
      'spec.layout: found a string of 500 characters, must be service or flat or explicit',
    ]);
  });
});

describe('the prefix of a route', () => {
  const ok = { layout: 'flat' };

  it.each(['app-1--', 'app-1--pg--', 'app-1--pg--password', 'APP-1--', 'app-1'])('may be %s', (prefix) => {
    expect(ofRoute({ ...ok, prefix })).toEqual([]);
  });

  it.each([
    'app-1-',
    'app-1---pg',
    'app-1----',
    '--x',
    '-x',
    'app 1--',
    'app_1--',
    '\u212Aube--',
    `${'a'.repeat(127)}--`,
  ])('must not be %s', (prefix) => {
    expect(ofRoute({ ...ok, prefix })).toEqual([expect.stringMatching(/^spec\.prefix: .*must/)]);
  });

  it('is empty only together with allSecrets', () => {
    const message = ['spec.prefix: "" and allSecrets: true only go together'];

    expect(ofRoute({ ...ok, prefix: '' })).toEqual(message);
    expect(ofRoute({ ...ok, allSecrets: true })).toEqual(message);
    expect(ofRoute({ ...ok, prefix: '', allSecrets: true })).toEqual([]);
  });

  it('is not one whole name with the layout service', () => {
    expect(ofRoute({ prefix: 'app-1--pg' })).toEqual([expect.stringContaining('use flat or explicit')]);
  });
});

describe('the layout of a route', () => {
  it.each([
    [{ name: 'x' }, 'spec.name: only applies to layout explicit'],
    [{ data: { a: { secret: 'app-1--x' } } }, 'spec.data: only applies to layout explicit'],
    [{ key: 'x' }, 'spec.key: only applies to layout flat'],
    [{ layout: 'explicit', name: 'x' }, 'spec.data: is needed with layout explicit'],
    [{ layout: 'explicit', data: {} }, 'spec.name: is needed with layout explicit'],
  ])('decides which options apply: %j', (spec, message) => {
    expect(ofRoute(spec)).toEqual([message]);
  });

  it.each([
    [{ match: { names: ['*--a'] } }, 'spec.match.names'],
    [{ exclude: ['*--b'] }, 'spec.exclude'],
  ])('that names its secrets needs no other choice of them: %j', (spec, path) => {
    const explicit = { layout: 'explicit', name: 'pg', data: { a: { secret: 'app-1--a' } } };
    const message = `${path}: only applies to layouts service and flat: data names the secrets`;
    expect(ofRoute({ ...explicit, ...spec })).toEqual([message]);
    expect(ofRoute({ ...explicit, match: { tags: { env: 'prod' } } })).toEqual([]);
  });
});
