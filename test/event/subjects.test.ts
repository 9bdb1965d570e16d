import { describe, expect, it } from 'vitest';
import { subjectsOfEvents } from '../../shared/event/parse.ts';
import { aCloudEvent, aSecretEvent, VAULTS } from '../support/builders.ts';

const subjects = (body: unknown) => subjectsOfEvents(body, VAULTS);
const about = { id: 'event-1', vault: 'team', vaultName: 'team', name: 'app-1--pg--password' };

describe('what an event that nobody could work on is about', () => {
  it.each([
    ['an event', aSecretEvent()],
    ['an event in an array', [aSecretEvent()]],
    ['a cloud event', aCloudEvent()],
    ['an event of a type that is not used', aSecretEvent({ type: 'x' })],
    ['an event without a topic', { ...aSecretEvent(), topic: undefined }],
  ])('is told of %s', (_what, body) => {
    expect(subjects(body)).toEqual([about]);
  });

  it('is told of each event of a delivery that has one', () => {
    const names = ['app-1--pg--user', 'app-1--mq--key'];
    const events = names.map((name) => aSecretEvent({ name }));
    expect(subjects([events[0], 'x', null, events[1]]).map(({ name }) => name)).toEqual(names);
  });

  it('has no alias where its vault is not configured, and is named by the vault all the same', () => {
    expect(subjects(aSecretEvent({ vault: 'stranger' }))).toEqual([
      { ...about, vault: undefined, vaultName: 'stranger' },
    ]);
  });

  it('has no id where the event has none', () => {
    expect(subjects({ ...aSecretEvent(), id: undefined })).toEqual([{ ...about, id: '' }]);
  });

  it.each([
    ['nothing', undefined],
    ['a text', 'x'],
    ['an object without data', {}],
    ['an event whose data is a text', { ...aSecretEvent(), data: 'x' }],
    ['an event about no secret', aSecretEvent({ data: { Id: 'https://team.vault.azure.net/keys/x' } })],
  ])('is nothing that could be told of %s', (_what, body) => {
    expect(subjects(body)).toEqual([]);
  });
});
