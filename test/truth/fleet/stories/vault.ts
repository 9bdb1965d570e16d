import { story } from '../story.ts';
import type { Story } from '../story.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;
const soon = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;
const PAIR = (name: string) => ({ password: `${name}--pg--password`, user: `${name}--pg--user` });

/** What happens to secrets in their vault: every row of the table of states, and back. */
export const VAULT_STORIES: Story[] = [
  story(
    'rotated',
    'is rotated, with an event and without one',
    { clusters: ['weu-1', 'neu-1'] },
    (h) => h.rotate(),
    (h) => h.rotate(),
    (h) => h.slip(),
    async (h) => {
      await h.rotate();
      await h.rotate();
    },
  ),
  story(
    'replayed',
    'has its events come twice, out of order, and after it was disabled',
    {},
    async (h) => {
      const first = await h.rotate();
      const second = await h.rotate();
      await h.stack.deliver([second.event, first.event]);
      await h.stack.deliver([first.event]);
    },
    async (h) => {
      const third = await h.rotate();
      h.stack.vault.disable('team', h.secret());
      await h.stack.deliver([third.event]);
    },
    (h) => h.stack.vault.enable('team', h.secret()),
  ),
  story(
    'same-value',
    'gets a new version with the same value',
    {},
    (h) => h.rotate('password', 'the same'),
    (h) => h.rotate('password', 'the same'),
    (h) => h.slip('password', { value: 'the same' }),
  ),
  story(
    'disabled',
    'is disabled, and enabled again',
    {},
    (h) => h.rotate(),
    (h) => h.stack.vault.disable('team', h.secret()),
    () => {},
    (h) => h.stack.vault.enable('team', h.secret()),
  ),
  story(
    'disabled-late',
    'is rotated and disabled before anybody looks',
    {},
    (h) => h.rotate(),
    (h) => {
      h.slip();
      h.stack.vault.disable('team', h.secret());
    },
    (h) => h.stack.vault.enable('team', h.secret()),
  ),
  story(
    'disabled-sibling',
    'is disabled while its sibling is rotated',
    { keys: PAIR('disabled-sibling') },
    async (h) => {
      await h.rotate();
      await h.rotate('user');
    },
    async (h) => {
      h.stack.vault.disable('team', h.secret('user'));
      await h.rotate();
    },
    (h) => h.slip(),
    (h) => h.stack.vault.enable('team', h.secret('user')),
  ),
  story(
    'disabled-remove',
    'is disabled, and its route asks for its key to leave',
    { spec: { onDisabled: 'remove' }, keys: PAIR('disabled-remove') },
    async (h) => {
      await h.rotate();
      await h.rotate('user');
    },
    (h) => h.stack.vault.disable('team', h.secret('user')),
    (h) => h.command('push', h.secret('user'), '--remove-now'),
    (h) => h.stack.vault.enable('team', h.secret('user')),
  ),
  story(
    'deleted',
    'is deleted, and recovered',
    {},
    (h) => h.rotate(),
    (h) => h.stack.vault.delete('team', h.secret()),
    () => {},
    (h) => h.stack.vault.recover('team', h.secret()),
  ),
  story(
    'deleted-remove',
    'is deleted, and its route asks for the Secret to go',
    { spec: { onDeleted: 'remove' } },
    (h) => h.rotate(),
    (h) => h.stack.vault.delete('team', h.secret()),
    (h) => h.command('push', h.secret(), '--remove-now'),
    (h) => h.stack.vault.recover('team', h.secret()),
  ),
  story(
    'purged',
    'is deleted and purged, and made anew',
    {},
    (h) => h.rotate(),
    (h) => {
      h.stack.vault.delete('team', h.secret());
      h.stack.vault.purge('team', h.secret());
    },
    (h) => h.rotate(),
  ),
  story(
    'expired',
    'expires, and is good for longer',
    {},
    (h) => h.rotate(),
    (h) => h.stack.vault.update('team', h.secret(), undefined, { exp: soon(-HOUR) }),
    () => {},
    (h) => h.stack.vault.update('team', h.secret(), undefined, { exp: soon(90 * DAY) }),
  ),
  story(
    'near-expiry',
    'expires within thirty days, and is rotated',
    {},
    (h) => h.rotate(),
    (h) => h.stack.vault.update('team', h.secret(), undefined, { exp: soon(10 * DAY) }),
    (h) => h.rotate(),
  ),
  story(
    'not-yet',
    'gets a version that is not valid yet, and the date is taken away',
    {},
    (h) => h.rotate(),
    (h) => h.slip('password', { nbf: soon(5 * DAY) }),
    () => {},
    (h) => h.stack.vault.update('team', h.secret(), undefined, { nbf: null }),
  ),
  story(
    'never-yet',
    'has no version that is valid yet, and then has one',
    {},
    (h) => h.slip('password', { nbf: soon(5 * DAY) }),
    () => {},
    (h) => h.rotate(),
  ),
];
