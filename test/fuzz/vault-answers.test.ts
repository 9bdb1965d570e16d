import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKeyVault } from '../../shared/adapters/key-vault/vault.ts';
import { failureOf, type Failure } from '../../shared/errors.ts';
import type { KeyVault } from '../../shared/ports.ts';
import type { SourceProperties, SourceRead, VersionProperties } from '../../shared/source/source.ts';
import { answers, startAnswering } from './answers.ts';
import { CHALLENGE } from './challenge.ts';
import type { AnsweringServer } from './answers.ts';
import { mutated, type JsonValue } from './hostile.ts';
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
const next = `https://${HOST}/secrets?api-version=7.6&$skiptoken=x`;
const error = (code: string, inner: string): JsonValue => ({
  error: { code, message: `about ${VALUE}`, innererror: { code: inner } },
});
const PAGES: JsonValue[] = [{ value: [item, one] }, { value: [item], nextLink: next }, { value: [] }];
const ERRORS = [error('Forbidden', 'SecretDisabled'), error('SecretNotFound', '')];
const EVIL: JsonValue = { value: [], nextLink: 'https://evil.example/secrets?x' };

/** Mostly what the call is about. */
const contentFor = (fitting: JsonValue[]): fc.Arbitrary<JsonValue> =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom(...fitting) },
    { weight: 6, arbitrary: mutated(fc.constantFrom(...fitting)) },
    { weight: 2, arbitrary: mutated(fc.constantFrom(...ERRORS)) },
    { weight: 1, arbitrary: mutated(fc.constantFrom<JsonValue>(one, EVIL, ...PAGES)) },
    fc.constant(EVIL),
  );

let server: AnsweringServer;
let sockets: Sockets;
let vault: KeyVault;
const scopes = new Set<string>();
/** How calls ended, or none of this would say anything. */
const endings = new Set<string>();

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
  versions: async () =>
    (await vault.versions({ vault: 'team', name: NAME }, NEVER)).flatMap(breachesOfVersion),
  list: async () =>
    [...(await vault.list('team', NEVER)).secrets].flatMap(([name, found]) =>
      found.name === name ? breachesOf(found) : ['listed under another name'],
    ),
};

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
    fc.tuple(fc.constantFrom('read' as const, 'readVersion' as const), answers(contentFor([one]))),
    fc.tuple(fc.constant('versions' as const), answers(contentFor([{ value: [{ ...item, id: one.id }] }]))),
    fc.tuple(fc.constant('list' as const), answers(contentFor(PAGES))),
  );

  it(
    'is what was asked for and sound, or an error of ours that quotes nothing',
    LONG,
    fuzz(0.08, calls, async ([call, answer]) => {
      server.answer = answer;
      const breaches = await CALLS[call]().then(
        (found) => (endings.add(call), found),
        (thrown: unknown) => (endings.add(failureOf(thrown).code), breachesOfFailure(failureOf(thrown))),
      );
      expect(breaches).toEqual([]);
      expect(sockets.taken().filter((place) => place !== `${HOST}:${server.port}`)).toEqual([]);
    }),
  );

  it('the answers that were tried were sometimes good and sometimes not', () => {
    expect([...endings]).toEqual(
      expect.arrayContaining(['read', 'list', 'VAULT_UNAVAILABLE', 'VAULT_FORBIDDEN']),
    );
  });

  it('no vault gets another token than its own', () => {
    expect([...scopes]).toEqual(['https://vault.localhost/.default']);
    expect([...server.tokens]).toEqual([`${HOST}:${server.port} Bearer the-token`]);
  });
});
