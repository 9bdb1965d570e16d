import { property, story, UNHEARD } from '../story.ts';
import type { Story } from '../story.ts';

const JSON_SECRET = 'broken-json--pg--password';
const login = (user: string, password?: string): string => JSON.stringify({ user, password });

/** What people do to Secrets, what cannot be rendered, and clusters and vaults that fail. */
export const CLUSTER_STORIES: Story[] = [
  story(
    'edited',
    'is edited by hand in its cluster',
    {},
    (h) => h.rotate(),
    (h) =>
      h
        .cluster()
        .edit('edited', 'pg', (secret) => ({ ...secret, data: { password: 'aGFuZA==', more: 'eA==' } })),
    async (h) => {
      h.cluster().edit('edited', 'pg', (secret) => ({ ...secret, data: { password: 'aGFuZA==' } }));
      await h.rotate();
    },
  ),
  story(
    'removed-by-hand',
    'is deleted by hand in its cluster',
    {},
    (h) => h.rotate(),
    (h) => h.cluster().remove('removed-by-hand', 'pg'),
    async (h) => {
      h.cluster().remove('removed-by-hand', 'pg');
      await h.rotate();
    },
  ),
  story(
    'stripped',
    'has its annotations taken away by hand, and is deleted then',
    {},
    (h) => h.rotate(),
    (h) =>
      h.cluster().edit('stripped', 'pg', ({ metadata, ...secret }) => ({
        ...secret,
        metadata: { name: metadata.name, labels: metadata.labels ?? {} },
      })),
    (h) => h.rotate(),
    (h) => h.cluster().remove('stripped', 'pg'),
  ),
  story(
    'forged',
    'has other sources written on it by hand',
    {},
    (h) => h.rotate(),
    (h) =>
      h.cluster().edit('forged', 'pg', ({ metadata, ...secret }) => ({
        ...secret,
        metadata: {
          ...metadata,
          annotations: {
            ...metadata.annotations,
            'vaultcast.dev/sources': `team/forged--pg--password@${'0'.repeat(32)}:1700000000`,
          },
        },
      })),
    (h) => h.rotate(),
  ),
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
  story(
    'forbidden',
    'goes to a namespace where a RoleBinding is missing for a while',
    { clusters: ['neu-1'] },
    (h) => h.rotate(),
    async (h) => {
      h.cluster('neu-1').server.inject({
        fault: {
          kind: 'status',
          status: 403,
          body: '{"kind":"Status","status":"Failure","reason":"Forbidden"}',
        },
        when: ({ path }) => path.includes('/namespaces/forbidden/secrets'),
      });
      h.trouble({ state: 'pending', reason: 'CLUSTER_FORBIDDEN' });
      await h.rotate();
    },
    () => {},
    (h) => {
      h.cluster('neu-1').server.clearFaults();
      h.trouble();
    },
  ),
  story(
    'refused',
    'is refused by an admission webhook of its cluster for a while',
    { clusters: ['neu-1'] },
    (h) => h.rotate(),
    async (h) => {
      const body = JSON.stringify({ kind: 'Status', status: 'Failure', reason: 'Invalid', code: 422 });
      h.cluster('neu-1').server.inject({
        fault: { kind: 'status', status: 422, body },
        when: ({ method, path }) => method === 'PUT' && path.includes('/namespaces/refused/'),
      });
      h.trouble({ state: 'refused', reason: 'SECRET_INVALID' });
      await h.rotate();
    },
    () => {},
    (h) => {
      h.cluster('neu-1').server.clearFaults();
      h.trouble();
    },
  ),
  story(
    'shut-vault',
    'is rotated while its vault refuses the app, told by an event',
    { vault: 'shut', clusters: ['neu-1'] },
    (h) => h.rotate(),
    async (h) => {
      reopen = h.stack.vault.forbid('shut', 'firewall');
      h.trouble({ state: 'degraded', reason: 'VAULT_FORBIDDEN' });
      await h.rotate();
    },
    () => {},
    (h) => {
      reopen();
      h.trouble();
    },
  ),
];

let reopen = (): void => {};
