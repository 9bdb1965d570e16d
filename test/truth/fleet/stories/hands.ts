import type { Secret } from '../../../local/kubernetes/api-server.ts';
import { story } from '../story.ts';
import type { Hands, Story } from '../story.ts';

type Hand = (hands: Hands) => void;

/** Changes the Secret of the story. */
const editing =
  (name: string, edit: (secret: Secret) => Secret): Hand =>
  (h) =>
    h.cluster().edit(name, 'pg', edit);

const HANDS: [name: string, about: string, hand: Hand][] = [
  [
    'edited',
    'is edited by hand in its cluster',
    editing('edited', (secret) => ({ ...secret, data: { password: 'aGFuZA==', more: 'eA==' } })),
  ],
  ['emptied', 'is emptied by hand in its cluster', editing('emptied', (secret) => ({ ...secret, data: {} }))],
  [
    'removed-by-hand',
    'is deleted by hand in its cluster',
    (h) => {
      if (h.cluster().secret('removed-by-hand', 'pg') !== undefined)
        h.cluster().remove('removed-by-hand', 'pg');
    },
  ],
  [
    'stripped',
    'has its annotations taken away by hand',
    editing('stripped', ({ metadata, ...secret }) => ({
      ...secret,
      metadata: { ...metadata, annotations: {} },
    })),
  ],
  [
    'forged',
    'has other sources written on it by hand',
    editing('forged', ({ metadata, ...secret }) => ({
      ...secret,
      metadata: {
        ...metadata,
        annotations: {
          ...metadata.annotations,
          'vaultcast.dev/sources': `team/forged--pg--password@${'0'.repeat(32)}:1700000000`,
        },
      },
    })),
  ],
];

/** What people do to Secrets: before a run, before a rotation, and then the Secret goes altogether. */
export const HAND_STORIES: Story[] = HANDS.map(([name, about, hand]) =>
  story(
    name,
    about,
    {},
    (h) => h.rotate(),
    hand,
    async (h) => {
      hand(h);
      await h.rotate();
    },
    (h) => h.cluster().remove(name, 'pg'),
  ),
);
