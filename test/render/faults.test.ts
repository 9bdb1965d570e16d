import { afterAll, beforeAll, describe, expect, it } from 'vitest';
// Loaded when they are first needed, which takes no time of a test's own clock.
import '../../shared/certificate/pfx.ts';
import '../../shared/render/formats/yaml.ts';
import '../../shared/render/pair.ts';
import { reconcileNow } from '../support/fleet.ts';
import { createFakeClock } from '../support/fakes/clock.ts';
import { createWorld as createWorldAt, type World } from '../support/world.ts';
import { type Issued, type Openssl, openOpenssl } from './authority.ts';

/** What goes wrong with the values of real vaults, through every layout, by an event and by a run. */

const PREFIX = 'app-1--';

/** A world of today: certificates are judged by its clock. */
const createWorld = (options: Parameters<typeof createWorldAt>[0]): World =>
  createWorldAt({ ...options, clock: createFakeClock(Date.now() + 60_000) });

let openssl: Openssl;
let root: Issued;
let leaf: Issued;
let other: Issued;
beforeAll(() => {
  openssl = openOpenssl();
  root = openssl.issue({ name: 'root', ca: true });
  leaf = openssl.issue({ name: 'leaf', issuer: root });
  other = openssl.issue({ name: 'other' });
});
afterAll(() => openssl.close());

type Layout = 'service' | 'flat' | 'explicit';

/** A secret of a kind, as the layouts take it: one secret, or a key that the route spells out. */
interface Fault {
  what: string;
  type: string;
  /** The value of the secret. */
  value: () => string;
  /** Options of the route in layouts service and flat, and those of the entry in layout explicit. */
  spec?: Record<string, unknown>;
  entry: Record<string, unknown>;
  /** The keys that entry stands under. */
  key: string;
  /** Further secrets and entries of layout explicit. */
  more?: Record<string, unknown>;
  /** What arrives, key by key, or why nothing does. */
  gives: RegExp | Record<string, RegExp>;
  /** The same of layout explicit, where it differs. */
  explicit?: RegExp | Record<string, RegExp>;
  contentType?: string;
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const folded = (text: string): string => `${(base64(text).match(/.{1,4}/g) ?? []).join('\n')}\n`;
const PEM = /^-----BEGIN CERTIFICATE-----\n/;
const KEY = /^-----BEGIN (?:EC )?PRIVATE KEY-----\n/;
const DOCKER = 'kubernetes.io/dockerconfigjson';
const READY = '{"auths":{"r.example.test":{"auth":"dTpw"}}}';
const TLS = 'kubernetes.io/tls';
const tlsEntries = { 'tls.key': { certificate: `${PREFIX}it`, part: 'key' } };
const tls = {
  type: TLS,
  key: 'tls.crt',
  entry: { certificate: `${PREFIX}it`, part: 'chain' },
  more: tlsEntries,
};

const basic = {
  type: 'kubernetes.io/basic-auth',
  key: 'username',
  entry: { property: 'username' },
  more: { password: { secret: `${PREFIX}it`, property: 'password' } },
};

const FAULTS: readonly Fault[] = [
  {
    what: 'base64 in lines',
    type: 'Opaque',
    value: () => folded('hello\n'),
    spec: { encoding: 'base64' },
    key: 'value',
    entry: {},
    gives: { value: /^hello\n$/ },
  },
  {
    what: 'a docker config in base64',
    type: DOCKER,
    value: () => base64(READY),
    spec: { encoding: 'base64' },
    key: '.dockerconfigjson',
    entry: {},
    gives: { '.dockerconfigjson': /^\{"auths"/ },
  },
  {
    what: 'a docker config without auths',
    type: DOCKER,
    value: () => '{"r.example.test":{"auth":"dTpw"}}',
    key: '.dockerconfigjson',
    entry: {},
    gives: /neither a docker config \(property auths\) nor a login/,
    explicit: /has no property auths/,
  },
  {
    what: 'a docker config whose auths is a text',
    type: DOCKER,
    value: () => '{"auths":"x"}',
    key: '.dockerconfigjson',
    entry: {},
    gives: /property auths that is no object/,
  },
  {
    what: 'a docker config behind a byte order mark',
    type: DOCKER,
    value: () => `\uFEFF ${READY}`,
    key: '.dockerconfigjson',
    entry: {},
    gives: { '.dockerconfigjson': /^ \{"auths"/ },
  },
  {
    what: 'a login whose JSON has a comma too many',
    ...basic,
    value: () => '{"username":"u","password":"p",}',
    gives: /the value of secret app-1--it begins with \{ and is not JSON/,
    explicit: /the value of secret app-1--it is not JSON/,
  },
  {
    what: 'a login whose JSON has a line break in a text',
    ...basic,
    value: () => '{"username":"u","password":"line 1\nline 2"}',
    gives: /begins with \{ and is not JSON/,
    explicit: /is not JSON/,
  },
  {
    what: 'a login whose JSON has a blank and a byte order mark before it',
    ...basic,
    value: () => '\uFEFF {"username":"u","password":"p"}',
    gives: { username: /^u$/, password: /^p$/ },
  },
  {
    what: 'a login in quotation marks',
    ...basic,
    value: () => '"u:p"',
    gives: /neither user:password nor JSON with the properties username and password/,
    explicit: /secret app-1--it has no property password/,
  },
  {
    what: 'a login in YAML that nothing says is YAML',
    ...basic,
    value: () => 'username: u\npassword: p\n',
    gives: /the value of secret app-1--it has a line for the password: say its format/,
    explicit: /the value of secret app-1--it is not JSON/,
  },
  {
    what: 'a login in .env that nothing says is .env',
    ...basic,
    value: () => 'username=u\npassword=p:w\n',
    gives: /the value of secret app-1--it has a line for the password: say its format/,
    explicit: /the value of secret app-1--it is not JSON/,
  },
  {
    what: 'a login whose user name has a bracket before it',
    ...basic,
    value: () => '[u]:p',
    gives: { username: /^\[u\]$/, password: /^p$/ },
    explicit: /the value of secret app-1--it is not JSON/,
  },
  {
    what: 'a login in base64',
    ...basic,
    value: () => base64('{"username":"u","password":"p:w"}'),
    spec: { encoding: 'base64' },
    gives: { username: /^u$/, password: /^p:w$/ },
  },
  {
    what: 'a property of JSON behind a byte order mark',
    type: 'Opaque',
    value: () => '\uFEFF{"p":"x"}',
    spec: { json: { property: 'p' } },
    key: 'value',
    entry: { property: 'p' },
    gives: { value: /^x$/ },
  },
  {
    what: 'a property of YAML',
    type: 'Opaque',
    value: () => 'db:\n  password: "x: y"\n  port: 1.10\n',
    spec: { json: { pointer: '/db/port' }, format: 'yaml' },
    key: 'value',
    entry: { pointer: '/db/port', format: 'yaml' },
    gives: { value: /^1\.10$/ },
  },
  {
    what: 'literal Windows line breaks',
    type: 'Opaque',
    value: () => String.raw`a\r\nb`,
    spec: { unescapeNewlines: true },
    key: 'value',
    entry: { unescapeNewlines: true },
    gives: { value: /^a\nb$/ },
  },
  {
    what: 'a PEM certificate in base64',
    ...tls,
    value: () => base64(leaf.key + leaf.cert),
    spec: { encoding: 'base64' },
    gives: { 'tls.crt': PEM, 'tls.key': KEY },
  },
  {
    what: 'a PEM certificate on one line',
    ...tls,
    value: () => (leaf.key + leaf.cert).replaceAll('\n', ' '),
    gives: { 'tls.crt': PEM, 'tls.key': KEY },
  },
  {
    what: 'a certificate whose root comes first',
    ...tls,
    value: () => root.cert + leaf.cert + leaf.key,
    gives: { 'tls.crt': PEM, 'tls.key': KEY },
  },
  {
    what: 'a certificate with the key of another',
    ...tls,
    value: () => leaf.cert + other.key,
    gives: /the private key of secret app-1--it fits none of its certificates/,
  },
  {
    what: 'a bundle with a password',
    ...tls,
    value: () => openssl.pkcs12({ key: leaf.key, certs: [leaf.cert], password: 'x' }).toString('base64'),
    contentType: 'application/x-pkcs12',
    gives: /does not open with the empty password: a route of layout explicit can name another/,
  },
];

const isRefused = (gives: Fault['gives']): gives is RegExp => gives instanceof RegExp;

function routeOf(fault: Fault, layout: Layout): Record<string, unknown> {
  const base = { prefix: PREFIX, namespaces: ['app-1'], layout, type: fault.type };
  if (layout !== 'explicit') return { ...base, ...fault.spec };
  const { encoding } = fault.spec ?? {};
  const entry = { secret: `${PREFIX}it`, ...fault.entry };
  const { secret: _secret, ...certificate } = entry;
  const data = { [fault.key]: 'certificate' in fault.entry ? certificate : entry, ...fault.more };
  return { ...base, name: 'it', data, ...(encoding === undefined ? {} : { encoding }) };
}

function worldOf(fault: Fault, layout: Layout): World {
  const world = createWorld({ routes: { 'app-1': routeOf(fault, layout) } });
  const { contentType } = fault;
  world.set(`${PREFIX}it`, fault.value(), contentType === undefined ? {} : { contentType });
  return world;
}

const target = (layout: Layout): string => `weu-1/app-1/${layout === 'flat' ? `${PREFIX}it` : 'it'}`;

async function came(world: World, by: 'event' | 'run'): Promise<void> {
  if (by === 'event') await world.event(`${PREFIX}it`);
  else await reconcileNow(world);
}

describe.each(['service', 'flat', 'explicit'] as const)('through layout %s', (layout) => {
  describe.each(['event', 'run'] as const)('by %s', (by) => {
    it.each(FAULTS.map((fault) => [fault.what, fault] as const))(
      '%s is right or refused',
      async (_, fault) => {
        const world = worldOf(fault, layout);
        await came(world, by);
        const gives = layout === 'explicit' ? (fault.explicit ?? fault.gives) : fault.gives;
        const [outcome] = world.ports.log.outcomes;
        const data = world.data(target(layout));
        expect(outcome?.code).toBe(isRefused(gives) ? 'RENDER_REFUSED' : 'DELIVERED');
        expect(outcome?.message).toMatch(isRefused(gives) ? gives : /created/);
        const texts = Object.entries(isRefused(gives) ? {} : gives).map(
          ([key, text]) => [key, text, data?.[key] ?? '(missing)'] as const,
        );
        expect(texts.filter(([, text, found]) => !text.test(found))).toEqual([]);
        expect(data === undefined).toBe(isRefused(gives));
      },
    );
  });
});
