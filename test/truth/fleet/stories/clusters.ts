import { property, story, UNHEARD } from '../story.ts';
import type { Story } from '../story.ts';

const JSON_SECRET = 'broken-json--pg--password';
const login = (user: string, password?: string): string => JSON.stringify({ user, password });

/** What stands in the way of a Secret, what cannot be rendered, and clusters that are away. */
export const CLUSTER_STORIES: Story[] = [
  story(
    'foreign',
    "meets somebody else's Secret of its name",
    {},
    async (h) => {
      h.cluster().put('foreign', {
        metadata: { name: 'pg' },
        data: { password: 'bWluZQ==' },
      });
      await h.rotate();
    },
    (h) => h.slip(),
    (h) => h.cluster().remove('foreign', 'pg'),
  ),
  story(
    'immutable',
    'is written as an immutable Secret, and rotated',
    { spec: { immutable: true } },
    (h) => h.rotate(),
    (h) => h.rotate(),
    (h) => h.slip(),
  ),
  story(
    'broken-json',
    'holds JSON that loses a property, then is none, and is well again',
    {
      spec: {
        layout: 'explicit',
        name: 'pg',
        data: { password: { secret: JSON_SECRET, property: 'password' } },
      },
      keys: { password: property(JSON_SECRET, 'password') },
    },
    (h) => h.rotate('password', login('u', 'first')),
    (h) => h.rotate('password', login('u')),
    (h) => h.rotate('password', 'no JSON'),
    (h) => h.rotate('password', login('u', 'second')),
  ),
  story(
    'away',
    'goes to a cluster that is away for two runs, and is rotated meanwhile with an event',
    { clusters: ['weu-1', 'sea-1'] },
    (h) => h.rotate(),
    async (h) => {
      await h.cluster('sea-1').server.down();
      await h.rotate();
      h.trouble({ state: 'pending', reason: 'CLUSTER_UNREACHABLE' }, 'sea-1');
    },
    () => {},
    async (h) => {
      await h.cluster('sea-1').server.up();
      await h.command('reconcile', '--cluster', 'sea-1');
      h.trouble();
    },
  ),
  story(
    'away-unheard',
    'goes to a cluster that is away, and is rotated meanwhile without an event',
    { clusters: ['sea-1'] },
    (h) => h.rotate(),
    (h) => {
      h.slip();
      h.trouble(UNHEARD);
    },
    () => {},
    (h) => h.trouble(),
  ),
];
