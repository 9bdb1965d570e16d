import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKeyVault } from '../../shared/adapters/key-vault/vault.ts';
import { failureOf, type Failure } from '../../shared/errors.ts';
import type { Ports } from '../../shared/ports.ts';
import type { SourceProperties, SourceRead, VersionProperties } from '../../shared/source/source.ts';
import { answers, plainAnswer, startAnswering } from './answers.ts';
import { CHALLENGE } from './challenge.ts';
import type { AnsweringServer, Refusal } from './answers.ts';
import type { JsonValue } from './hostile.ts';
import { fuzz, LONG } from './property.ts';
import { watchSockets, type Sockets } from './sockets.ts';

const VALUE = 'pa55-word-of-the-vault';
const NAME = 'app-1--pg--password';
const VERSION = '0123456789abcdef0123456789abcdef';
const HOST = 'team.vault.localhost';

const attributes = {
  enabled: true,
  created: 1_790_000_000,
  updated: 1_790_000_000,
  nbf: 1,
  exp: 1_890_000_000,
};
const item = {
  id: `https://${HOST}/secrets/${NAME}`,
  attributes,
  tags: { team: 'a' },
  contentType: 'text/plain',
};
const one = { ...item, id: `${item.id}/${VERSION}`, value: VALUE };
const certificate = {
  id: `https://${HOST}/certificates/${NAME}/${VERSION}`,
  attributes,
  cer: new X509Certificate(rootCertificates[0] ?? '').raw.toString('base64'),
};
const error = (status: number, code: string, inner: string): Refusal => ({
  status,
  content: { error: { code, message: `about ${VALUE}`, innererror: { code: inner } } },
});
const PAGE: JsonValue = { value: [item, one] };
const ERRORS = [
  error(403, 'Forbidden', 'SecretDisabled'),
  error(404, 'SecretNotFound', ''),
  error(403, 'Forbidden', 'ForbiddenByPolicy'),
  error(403, 'Forbidden', 'ForbiddenByFirewall'),
];
const EVIL: JsonValue = { value: [], nextLink: 'https://evil.example/secrets?x' };

const OTHERS = {
  refusals: fc.constantFrom(...ERRORS),
  foreign: fc.constantFrom<JsonValue>(one, PAGE, EVIL),
};

/** From a vault that wants tokens for something else; of another tenant, or the SDK would show the one it has. */
const STRANGE_CHALLENGES = [
  'resource="https://management.localhost"',
  'resource="https://evil.example"',
  'scope="https://graph.localhost/.default"',
].map((wanted) => `Bearer authorization="https://login.localhost/another", ${wanted}`);

/** After a page that says where the next one is. */
const LAST_PAGE = plainAnswer({ value: [item] });

let server: AnsweringServer;
let sockets: Sockets;
let vault: Ports['vault'];
const scopes = new Set<string>();

beforeAll(async () => {
  server = await startAnswering([`*.vault.localhost`], CHALLENGE);
  sockets = watchSockets((place) => place === `${HOST}:${server.port}`);
  vault = createKeyVault({
    vaults: new Map([['team', `https://${HOST}:${server.port}`]]),
    credential: {
      getToken: async (scope) => {
        scopes.add(String(scope));
        return { token: 'the-token', expiresOnTimestamp: Date.now() + 3_600_000 };
      },
    },
    ca: server.authority.caPem,
    timeoutMs: 400,
  });
});
afterAll(async () => {
  sockets.restore();
  await server.stop();
});

const NEVER = new AbortController().signal;
const CALLS = {
  read: () => vault.read({ vault: 'team', name: NAME }, NEVER).then(breachesOfRead),
  readVersion: () => vault.readVersion({ vault: 'team', name: NAME }, VERSION, NEVER).then(breachesOfRead),
  certificate: async () => {
    const der = await vault.certificate({ vault: 'team', name: NAME }, VERSION, NEVER);
    return der === undefined || new X509Certificate(der).raw.equals(der) ? [] : ['certificate'];
  },
  versions: async () =>
    (await vault.versions({ vault: 'team', name: NAME }, NEVER)).flatMap(breachesOfVersion),
  list: async () =>
    [...(await vault.list('team', NEVER)).secrets].flatMap(([name, found]) =>
      found.name === name ? breachesOf(found) : ['listed under another name'],
    ),
};

/** Where the next page is, is known when the server runs. */
const firstOfTwo = (): JsonValue => ({
  value: [item],
  nextLink: `https://${HOST}:${server.port}/secrets?api-version=7.6&$skiptoken=x`,
});

/** Each call as often, with an answer to it that is good but for one thing. */
const FITTING: Record<keyof typeof CALLS, fc.Arbitrary<JsonValue>> = {
  read: fc.constant<JsonValue>(one),
  readVersion: fc.constant<JsonValue>(one),
  certificate: fc.constant<JsonValue>(certificate),
  versions: fc.constant<JsonValue>({ value: [{ ...item, id: one.id }] }),
  list: fc.oneof(fc.constantFrom<JsonValue>(PAGE, { value: [] }), fc.constant(undefined).map(firstOfTwo)),
};
const NAMES = Object.keys(FITTING) as (keyof typeof CALLS)[];

function breachesOf({ name, enabled, created, updated, tags }: SourceProperties): string[] {
  return [
    ...(/^[0-9a-z-]{1,127}$/.test(name) ? [] : ['name']),
    ...(typeof enabled === 'boolean' ? [] : ['enabled']),
    ...(Number.isSafeInteger(created) && Number.isSafeInteger(updated) ? [] : ['dates']),
    ...(Object.values(tags).every((tag) => typeof tag === 'string') ? [] : ['tags']),
  ];
}

const breachesOfVersion = (found: VersionProperties): string[] =>
  /^[0-9A-Za-z]{1,64}$/.test(found.version) && found.name === NAME ? breachesOf(found) : ['version'];

function breachesOfRead(read: SourceRead): string[] {
  if (read.state !== 'readable') return ['disabled', 'deleted'].includes(read.state) ? [] : ['state'];
  const { value, readAt } = read.version;
  const sound = typeof value === 'string' && Number.isFinite(readAt);
  return sound ? breachesOfVersion(read.version) : ['value'];
}

/** What an error says too much, or with a code that is none of the vault's. */
const breachesOfFailure = ({ code, message }: Failure): string[] => [
  ...(/^(?:VAULT_|TOKEN_)/.test(code) ? [] : [`${code}: ${message}`]),
  ...(/^[\x20-\x7E]{1,400}$/.test(message) && !message.includes(VALUE) ? [] : [`said: ${message}`]),
];

describe('whatever a vault answers', () => {
  const calls = fc.oneof(
    ...NAMES.map((name) => fc.tuple(fc.constant(name), answers({ fitting: FITTING[name], ...OTHERS }))),
  );

  /** A body that cannot be used says no more than that. */
  const SAYS_WHY = { least: 0.05, because: 'most wrong answers are wrong in their body' };
  const reaches = {
    read: 'often',
    readVersion: 'often',
    certificate: 'often',
    versions: 'often',
    list: 'often',
    'a failure that says why': SAYS_WHY,
  } as const;

  it(
    'is what was asked for and sound, or an error of ours that quotes nothing',
    LONG,
    fuzz({ share: 0.13, reaches }, calls, async ([call, answer], saw) => {
      server.answers = [answer, LAST_PAGE];
      const outcome = await CALLS[call]().catch(failureOf);
      const isGood = Array.isArray(outcome);
      saw(call, isGood);
      if (!isGood) saw('a failure that says why', outcome.code !== 'VAULT_UNAVAILABLE');
      expect(isGood ? outcome : breachesOfFailure(outcome)).toEqual([]);
      expect(sockets.taken().filter((place) => place !== `${HOST}:${server.port}`)).toEqual([]);
    }),
  );

  it('no vault gets another token than its own', async () => {
    for (const challenge of STRANGE_CHALLENGES)
      for (const call of NAMES) {
        server.answers = [{ ...plainAnswer({}), status: 401, headers: { 'www-authenticate': challenge } }];
        expect(await CALLS[call]().catch(failureOf)).toMatchObject({
          code: expect.stringMatching(/^VAULT_/),
        });
      }
    expect([...scopes]).toEqual(['https://vault.localhost/.default']);
    expect([...server.tokens]).toEqual([`${HOST}:${server.port} Bearer the-token`]);
    // Nobody else's server stands there to see one: who is not even connected to gets none.
    expect([...sockets.ever]).toEqual([`${HOST}:${server.port}`]);
  });
});
