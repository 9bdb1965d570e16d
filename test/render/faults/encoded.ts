import { type Fault, IT } from './fault.ts';
import { base64, hex, CERTIFIED, READY, plain, docker, basic, tls, spelled } from './parts.ts';

/** An option that was accepted and did nothing. */
export const ENCODED: readonly Fault[] = [
  {
    ...docker,
    what: 'a docker config in base64',
    value: () => base64(READY),
    spec: { encoding: 'base64' },
    gives: { '.dockerconfigjson': /^\{"auths"/ },
  },
  {
    ...docker,
    what: 'a docker config in hex',
    value: () => hex(READY),
    spec: { encoding: 'hex' },
    gives: { '.dockerconfigjson': /^\{"auths"/ },
  },
  {
    ...basic,
    what: 'a login in base64',
    value: () => base64('{"username":"u","password":"p:w"}'),
    spec: { encoding: 'base64' },
    gives: { username: /^u$/, password: /^p:w$/ },
  },
  {
    ...basic,
    what: 'a login that is not in the hex that the route says',
    value: () => 'user:pass',
    spec: { encoding: 'hex' },
    gives: /the value of secret app-1--it is not hex/,
  },
  {
    ...tls,
    what: 'a PEM certificate in base64',
    value: ({ leaf }) => base64(leaf.key + leaf.cert),
    spec: { encoding: 'base64' },
    gives: CERTIFIED,
  },
  {
    ...tls,
    what: 'a PEM certificate whose tag says base64',
    value: ({ leaf }) => ({ value: base64(leaf.key + leaf.cert), tags: { 'file-encoding': 'base64' } }),
    gives: CERTIFIED,
  },
  {
    ...tls,
    what: 'a PEM certificate whose tag says hex',
    value: ({ leaf }) => ({ value: hex(leaf.cert + leaf.key), tags: { 'file-encoding': 'hex' } }),
    gives: CERTIFIED,
  },
  {
    ...plain,
    ...spelled,
    what: 'a template, a login and a whole value of one secret in base64',
    value: () => base64('hello'),
    spec: { encoding: 'base64' },
    data: {
      raw: { secret: IT },
      conf: { template: 'pw={{ p }}', secrets: { p: IT } },
      file: { as: 'env', values: { PW: { secret: IT } } },
      login: { logins: [{ registry: { text: 'r' }, username: { text: 'u' }, password: { secret: IT } }] },
    },
    gives: { raw: /^hello$/, conf: /^pw=hello$/, file: /^PW=hello\n$/, login: /"password":"hello"/ },
  },
];
