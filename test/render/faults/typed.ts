import type { Fault } from './fault.ts';
import { CERTIFIED, READY, docker, tls, pair, halves, der, derKey } from './parts.ts';

/** A type of which only the keys were looked at. */
export const TYPED: readonly Fault[] = [
  {
    ...docker,
    what: 'a docker config without auths',
    value: () => '{"r.example.test":{"auth":"dTpw"}}',
    gives: /neither a docker config \(property auths\) nor a login/,
    explicit: /has no property auths/,
  },
  ...['"x"', '[]', 'null'].map((auths) => ({
    ...docker,
    what: `a docker config whose auths is ${auths}`,
    value: () => `{"auths":${auths}}`,
    gives: /property auths that is no object/,
  })),
  {
    ...docker,
    what: 'a docker config behind a byte order mark',
    value: () => `\uFEFF ${READY}`,
    gives: { '.dockerconfigjson': /^ \{"auths"/ },
  },
  {
    ...docker,
    what: 'a docker config of nobody',
    value: () => '{"auths":{}}',
    gives: { '.dockerconfigjson': /^\{"auths":\{\}\}$/ },
    says: /the key \.dockerconfigjson holds no login: images are pulled without one/,
  },
  {
    ...docker,
    what: 'a docker config whose logins are in the keychain of a laptop',
    value: () => '{"auths":{},"credsStore":"desktop"}',
    gives: /holds no login: a credential helper keeps them elsewhere/,
  },
  {
    ...docker,
    what: 'a docker config that names a registry twice',
    value: () => '{"auths":{"r":{"auth":"dTpw"},"r":{"auth":"dTpx"}}}',
    gives: /has a property that stands twice in its object/,
  },
  {
    ...docker,
    what: 'a docker config whose auth is no base64',
    value: () => '{"auths":{"r":{"auth":"dTp_:"}}}',
    gives: /has a login whose auth is not base64 of user:password/,
  },
  {
    ...tls,
    what: 'a certificate whose root comes first',
    value: ({ root, leaf }) => root.cert + leaf.cert + leaf.key,
    gives: CERTIFIED,
  },
  {
    ...tls,
    what: 'a certificate with the key of another',
    value: ({ leaf, other }) => leaf.cert + other.key,
    gives: /the private key of secret app-1--it fits none of its certificates/,
  },
  {
    ...tls,
    what: 'a bundle with a password',
    value: ({ openssl, leaf }) => ({
      value: openssl.pkcs12({ key: leaf.key, certs: [leaf.cert], password: 'x' }).toString('base64'),
      contentType: 'application/x-pkcs12',
    }),
    gives: /does not open with the empty password: a route of layout explicit can name another/,
  },
  {
    ...pair,
    what: 'a certificate and a key that do not fit',
    value: ({ leaf, other }) => halves(leaf.cert, other.key),
    gives: /the private key in tls\.key fits no certificate in tls\.crt/,
  },
  {
    ...pair,
    what: 'a certificate whose secret has its root first',
    value: ({ root, leaf }) => halves(root.cert + leaf.cert, leaf.key),
    gives: CERTIFIED,
    says: /the certificates of secret app-1--it--tls--crt were put in order/,
  },
  {
    ...pair,
    what: 'an empty certificate beside its key',
    value: ({ leaf }) => halves('', leaf.key),
    gives: /tls\.crt holds no certificate in PEM or DER/,
  },
  {
    ...pair,
    what: 'a certificate and a key in DER',
    value: ({ leaf }) => halves(der(leaf.cert), derKey(leaf.key)),
    spec: { encoding: 'base64' },
    gives: CERTIFIED,
  },
];

/** Certificates of which some are not valid now. */
export const DATED: readonly Fault[] = [
  {
    ...tls,
    what: 'an expired root beside the one that is valid',
    value: ({ leaf, root, expiredRoot }) => leaf.key + leaf.cert + expiredRoot + root.cert,
    gives: CERTIFIED,
    says: /certificate CN=root of secret app-1--it has expired: left out/,
  },
  {
    ...tls,
    what: 'a certificate beside the one that follows it',
    value: ({ leaf, nextLeaf, root }) => nextLeaf + leaf.key + leaf.cert + root.cert,
    gives: CERTIFIED,
    says: /certificate CN=leaf of secret app-1--it is not valid yet: left out/,
  },
];
