import { ACCEPT } from '../../../local/stack/tenancy.ts';
import { story } from '../story.ts';
import type { Story } from '../story.ts';

/** What platform engineers and owners of namespaces do. */
export const ROUTE_STORIES: Story[] = [
  story(
    'unaccepted',
    'goes to a namespace that accepts it only later, and then no more',
    { accept: '' },
    (h) => h.rotate(),
    (h) => h.accept('unaccepted--'),
    (h) => h.accept('other--'),
    (h) => h.slip(),
    (h) => h.accept('unaccepted--'),
  ),
  story(
    'half-accepted',
    'is accepted by its namespace, its sibling is not any more',
    { keys: { password: 'half-accepted--pg--password', user: 'half-accepted--pg--user' } },
    async (h) => {
      await h.rotate();
      await h.rotate('user');
    },
    (h) => h.accept('half-accepted--pg--password'),
    (h) => h.rotate(),
    (h) => h.accept('half-accepted--'),
  ),
  story(
    'homeless',
    'goes to a namespace that does not exist, then does, then goes',
    { accept: undefined },
    (h) => h.rotate(),
    (h) => h.cluster().createNamespace('homeless', { [ACCEPT]: 'homeless--' }),
    (h) => h.cluster().deleteNamespace('homeless'),
    (h) => h.cluster().createNamespace('homeless', { [ACCEPT]: 'homeless--' }),
  ),
  story(
    'paused',
    'is rotated while its route is paused',
    {},
    (h) => h.rotate(),
    async (h) => {
      await h.route({ paused: true });
      h.claim('paused');
    },
    (h) => h.rotate(),
    async (h) => {
      await h.route({ paused: false });
      h.claim('claimed');
    },
  ),
  story(
    'withdrawn',
    'loses its route, and gets it back',
    {},
    (h) => h.rotate(),
    async (h) => {
      await h.stack.vaultcast(['delete', 'route', 'withdrawn', '--yes']);
      h.claim('unclaimed');
    },
    (h) => h.slip(),
    async (h) => {
      await h.route({});
      h.claim('claimed');
    },
  ),
  story(
    'rivals',
    'is claimed by a second route for a while',
    {},
    (h) => h.rotate(),
    (h) => h.rival('rivals-too', 'begins'),
    (h) => h.rotate(),
    (h) => h.rival('rivals-too', 'ends'),
  ),
  story(
    'narrowed',
    'is one of two that its route names, and then the other is not any more',
    {
      spec: {
        layout: 'explicit',
        name: 'pg',
        data: { password: { secret: 'narrowed--pg--password' }, user: { secret: 'narrowed--pg--user' } },
      },
      keys: { password: 'narrowed--pg--password', user: 'narrowed--pg--user' },
    },
    async (h) => {
      await h.rotate();
      await h.rotate('user');
    },
    async (h) => {
      await h.route({ data: { password: { secret: 'narrowed--pg--password' } } });
      for (const goal of h.story.goals) delete goal.keys['user'];
    },
    (h) => h.rotate(),
  ),
  story(
    'segment',
    'names its namespace itself, and is rotated',
    { spec: { namespaces: { fromSegment: 1 } } },
    (h) => h.rotate(),
    (h) => h.slip(),
  ),
  story(
    'flat',
    'becomes a Secret of its own name, and is rotated',
    { spec: { layout: 'flat' }, target: 'flat--pg--password', keys: { value: 'flat--pg--password' } },
    (h) => h.rotate(),
    (h) => h.slip(),
  ),
  story(
    'retyped',
    'gets another type from its route, which makes its Secret anew',
    { spec: { type: 'example.com/one' } },
    (h) => h.rotate(),
    (h) => h.route({ type: 'example.com/two' }),
    (h) => h.rotate(),
  ),
  story(
    'misspelt',
    'is named by its route beside one that never existed, and then does',
    {
      spec: {
        layout: 'explicit',
        name: 'pg',
        data: { password: { secret: 'misspelt--pg--password' }, user: { secret: 'misspelt--pg--user' } },
      },
      keys: { password: 'misspelt--pg--password', user: 'misspelt--pg--user' },
    },
    (h) => h.rotate(),
    (h) => h.rotate(),
    (h) => h.slip('user'),
    (h) => h.stack.vault.delete('team', h.secret('user')),
  ),
];
