import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { parseEvents } from '../../shared/event/parse.ts';
import { reaching, SEED } from '../support/reach.ts';
import { aCloudEvent, aParsedEvent, aSecretEvent, VAULTS } from '../support/builders.ts';

const parse = (body: unknown) => parseEvents(body, VAULTS);
const accepted = (overrides = {}) => ({ outcome: 'accepted', event: aParsedEvent(overrides) });

const codesOf = (body: unknown) =>
  parse(body).map((one) => (one.outcome === 'refused' ? one.code : 'accepted'));
const messageOf = (body: unknown) =>
  parse(body).map((one) => (one.outcome === 'refused' ? one.message : ''))[0];

describe('an event of Key Vault', () => {
  it.each([
    ['the Event Grid schema, an array of one', [aSecretEvent()]],
    ['the Event Grid schema, a single object', aSecretEvent()],
    ['CloudEvents, structured', aCloudEvent()],
    ['CloudEvents, a batch', [aCloudEvent()]],
  ])('is read in %s', (_schema, body) => {
    expect(parse(body)).toEqual([accepted()]);
  });

  it('is judged on its own in an array of many', () => {
    const body = [aSecretEvent(), 'no event', aCloudEvent({ id: 'event-2', name: 'token' })];
    expect(codesOf(body)).toEqual(['accepted', 'EVENT_REJECTED', 'accepted']);
  });

  it.each([
    ['SecretNewVersionCreated', 'secrets'],
    ['SecretNearExpiry', 'secrets'],
    ['SecretExpired', 'secrets'],
    ['CertificateNewVersionCreated', 'certificates'],
    ['CertificateNearExpiry', 'certificates'],
    ['CertificateExpired', 'certificates'],
  ] as const)('%s asks to look at the secret', (type, path) => {
    for (const spelled of [`Microsoft.KeyVault.${type}`, `microsoft.keyvault.${type.toUpperCase()}`])
      expect(parse(aSecretEvent({ type: spelled, path }))).toMatchObject([
        { outcome: 'accepted', event: { id: 'event-1', secret: aParsedEvent().secret } },
      ]);
  });

  it.each(['SecretNewVersionCreated', 'CertificateNewVersionCreated'])(
    '%s announces a version, and when',
    (type) => {
      expect(parse(aSecretEvent({ type: `Microsoft.KeyVault.${type}` }))).toEqual([accepted()]);
    },
  );

  it.each(['SecretNearExpiry', 'SecretExpired', 'CertificateNearExpiry', 'CertificateExpired'])(
    '%s announces no version: a date tells of none',
    (type) => {
      const event = aSecretEvent({ type: `Microsoft.KeyVault.${type}` });
      expect(parse(event)).toEqual([accepted({ announced: undefined })]);
    },
  );

  it.each([
    ['Microsoft.KeyVault.KeyNewVersionCreated'],
    ['Microsoft.KeyVault.KeyNearExpiry'],
    ['Microsoft.KeyVault.VaultAccessPolicyChanged'],
    ['Microsoft.EventGrid.SubscriptionValidationEvent'],
    ['Microsoft.Storage.BlobCreated'],
    ['__proto__'],
    ['constructor'],
  ])('%s is ignored with a reason', (type) => {
    expect(parse(aSecretEvent({ type }))).toEqual([
      {
        outcome: 'refused',
        code: 'EVENT_IGNORED',
        id: 'event-1',
        message: `events of type ${type} are not used`,
      },
    ]);
  });

  it('may have field names of data in any case and with stray spaces', () => {
    const { Id, VaultName, ObjectName } = aSecretEvent().data;
    const data = { ' id ': ` ${Id} `, VAULTNAME: VaultName, 'ObjectName ': ` ${ObjectName}` };
    expect(parse({ ...aSecretEvent(), data })).toEqual([accepted()]);
  });

  it.each([[1_745_695_048], ['1745695048'], [null], [undefined], [{}]])('may have NBF and EXP %j', (date) => {
    expect(parse(aSecretEvent({ data: { NBF: date, EXP: date } }))).toEqual([accepted()]);
  });

  it('may have its name and ids in any case', () => {
    const event = aSecretEvent({
      name: 'APP-1--Pg--Password',
      data: { Id: 'HTTPS://Team.Vault.Azure.Net/Secrets/App-1--PG--password/0123', VaultName: 'TEAM' },
    });
    expect(parse(event)).toEqual([accepted({ announced: { ...aParsedEvent().announced, version: '0123' } })]);
  });

  it('needs no version in its id', () => {
    const data = { Id: 'https://team.vault.azure.net/secrets/app-1--pg--password' };
    expect(parse(aSecretEvent({ data }))).toEqual([accepted({ announced: undefined })]);
  });

  it('announces nothing when it does not say when', () => {
    expect(parse({ ...aSecretEvent(), eventTime: 'soon' })).toEqual([
      accepted({ announced: undefined, time: undefined }),
    ]);
  });

  it('carries its version on only beside its time, to be compared', () => {
    const [parsed] = parse(aSecretEvent({ version: 'f'.repeat(32) }));
    expect(parsed).toEqual(accepted({ announced: { ...aParsedEvent().announced, version: 'f'.repeat(32) } }));
  });
});

const {
  topic: TOPIC,
  data: { Id: ID },
} = aSecretEvent();

describe('what is no event of a configured vault', () => {
  it.each([
    ['null', null],
    ['text', 'event'],
    ['a number', 7],
    ['an array in an array', [[aSecretEvent()]]],
    ['an object without a type', {}],
    ['an event without data', { ...aSecretEvent(), data: undefined }],
    ['data that is text', { ...aSecretEvent(), data: 'x' }],
    ['data that is an array', { ...aSecretEvent(), data: [] }],
    ['an id that is no URL', aSecretEvent({ data: { Id: 'app-1--pg--password' } })],
    [
      'an id over http',
      aSecretEvent({ data: { Id: 'http://team.vault.azure.net/secrets/app-1--pg--password' } }),
    ],
    [
      'the id of a key',
      aSecretEvent({ data: { Id: 'https://team.vault.azure.net/keys/app-1--pg--password' } }),
    ],
    [
      'an id with a user',
      aSecretEvent({ data: { Id: 'https://team.vault.azure.net@evil.example/secrets/app-1--pg--password' } }),
    ],
    [
      'an id with a dotted path',
      aSecretEvent({ data: { Id: 'https://team.vault.azure.net/secrets/../app-1--pg--password' } }),
    ],
    [
      'an id with an encoded path',
      aSecretEvent({ data: { Id: 'https://team.vault.azure.net/secrets/%2e%2e/x' } }),
    ],
    [
      'an id with a query',
      aSecretEvent({ data: { Id: 'https://team.vault.azure.net/secrets/app-1--pg--password?x' } }),
    ],
    [
      'an id with a line break',
      aSecretEvent({ data: { Id: 'https://team.vault.azure.net/secrets/app-1--pg\r\n--password' } }),
    ],
    ['an id of 10 kB', aSecretEvent({ name: 'a'.repeat(10_000) })],
    ['a vault that is not configured', aSecretEvent({ vault: 'stranger' })],
    [
      'a vault of another domain',
      aSecretEvent({ data: { Id: 'https://team.vault.azure.net.evil.example/secrets/app-1--pg--password' } }),
    ],
    [
      'another port',
      aSecretEvent({ data: { Id: 'https://team.vault.azure.net:8443/secrets/app-1--pg--password' } }),
    ],
    ['a VaultName that disagrees', aSecretEvent({ data: { VaultName: 'other' } })],
    ['no VaultName', aSecretEvent({ data: { VaultName: undefined } })],
    ['an ObjectName that disagrees', aSecretEvent({ data: { ObjectName: 'app-1--pg--user' } })],
    [
      'a topic that disagrees',
      { ...aSecretEvent(), topic: '/subscriptions/x/providers/Microsoft.KeyVault/vaults/other' },
    ],
    [
      'a source that disagrees',
      { ...aCloudEvent(), source: '/subscriptions/x/providers/Microsoft.KeyVault/vaults/other' },
    ],
    ['no topic', { ...aSecretEvent(), topic: undefined }],
    ['a topic that goes on behind the vault', { ...aSecretEvent(), topic: `${TOPIC}/secrets` }],
    ['an Id with something before its URL', aSecretEvent({ data: { Id: `see ${ID}` } })],
    ['an Id whose host is none', aSecretEvent({ data: { Id: 'https://[/secrets/app-1--pg--password' } })],
  ])('is rejected: %s', (_what, body) => {
    expect(codesOf(body)).toEqual(['EVENT_REJECTED']);
  });

  it.each([
    ['data.ObjectName', aSecretEvent({ data: { ObjectName: 'app-1--pg--user' } })],
    ['data.VaultName', aSecretEvent({ data: { VaultName: 'other' } })],
    ['the topic', { ...aSecretEvent(), topic: `${TOPIC}-2` }],
  ])('is rejected with the place that disagrees: %s', (place, body) => {
    expect(messageOf(body)).toBe(`${place} and data.Id disagree`);
  });

  it('says no more than 130 characters of a type that is not used', () => {
    expect(messageOf(aSecretEvent({ type: 'x'.repeat(200) }))).toBe(
      `events of type ${'x'.repeat(130)} are not used`,
    );
  });

  it.each(['app-1---pg', 'app-1--', '--x', 'a----b', '-a', 'a-'])(
    'a secret named %s is a bad name',
    (name) => {
      expect(codesOf(aSecretEvent({ name }))).toEqual(['BAD_NAME']);
    },
  );

  it('a name with a Kelvin sign is not guessed', () => {
    expect(codesOf(aSecretEvent({ name: 'app-\u212a--pg' }))).toEqual(['EVENT_REJECTED']);
  });

  it.each([
    ['a type', aSecretEvent({ type: 'x\r\n{"code":"DELIVERED"}' })],
    ['a vault', aSecretEvent({ vault: 'evil"\n' })],
    ['a type of 10 kB', aSecretEvent({ type: 'x'.repeat(10_000) })],
  ])('puts no line break and no quote of %s into its message', (_what, body) => {
    expect(messageOf(body)).toMatch(/^[\w .,:/?()-]{1,300}$/);
  });

  it('has an id that is safe to log, whatever was sent', () => {
    const [parsed] = parse({ ...aSecretEvent({ id: 'a\r\nb"c' }), data: undefined });
    expect(parsed).toMatchObject({ id: 'a??b?c' });
    expect(parse(aSecretEvent({ id: 'x'.repeat(200) }))).toEqual([accepted({ id: 'x'.repeat(200) })]);
    expect(parse(aSecretEvent({ id: 'x'.repeat(201) }))).toEqual([accepted({ id: '' })]);
  });

  it('pollutes no prototype and overflows no stack', () => {
    const polluting: unknown = JSON.parse('{"eventType":"x","__proto__":{"data":{"Id":"y"}},"id":"z"}');
    expect(codesOf(polluting)).toEqual(['EVENT_IGNORED']);
    expect(({} as Record<string, unknown>)['data']).toBeUndefined();
    const deep: unknown = JSON.parse(`${'{"data":'.repeat(5000)}1${'}'.repeat(5000)}`);
    expect(codesOf(deep)).toEqual(['EVENT_REJECTED']);
  });

  it('is refused when one place of it that says what it is about holds something else', ({ task }) =>
    reaching(task, { 'the type of an event': 'often', 'the Id of a secret': 'often' }, (saw) => {
      const property = fc.property(oneWrongPlace, ({ place, value, event }) => {
        const body = place === '' ? value : put(event, place, value);
        saw('the type of an event', place.startsWith('data'));
        saw('the Id of a secret', place.startsWith('data.') && place !== 'data.Id');
        expect(codesOf(body)).not.toContain('accepted');
      });
      fc.assert(property, { numRuns: 300, seed: SEED });
    }));
});

/** Every place without which nothing can be told of an event of Event Grid; the first is all of it. */
const PLACES = ['', 'eventType', 'topic', 'data'];
const IN_DATA = ['data.Id', 'data.ObjectName', 'data.VaultName'];
const oneWrongPlace = fc.record({
  place: fc.oneof(fc.constantFrom(...PLACES), { weight: 2, arbitrary: fc.constantFrom(...IN_DATA) }),
  value: fc.jsonValue(),
  event: fc.constantFrom(aSecretEvent(), aSecretEvent({ path: 'certificates' })),
});

function put(event: ReturnType<typeof aSecretEvent>, place: string, value: unknown): unknown {
  const [outer = '', inner] = place.split('.');
  return inner === undefined
    ? { ...event, [outer]: value }
    : { ...event, data: { ...event.data, [inner]: value } };
}
