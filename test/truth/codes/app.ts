import { TableClient } from '@azure/data-tables';
import { QueueServiceClient } from '@azure/storage-queue';
import type { Code } from '../../../shared/errors.ts';
import type { Fault } from '../../local/network/faults.ts';
import { eventually } from '../../local/stack/eventually.ts';
import { sendMessage } from '../../local/stack/storage.ts';
import type { Lab } from './lab.ts';
import { twoHoursPass } from './passing.ts';
import { nextRun, ofSecret, ofTarget, push } from './provocation.ts';
import type { Provocation } from './provocation.ts';

const YEARLY = '0 0 0 1 1 *';
const away: Fault = { kind: 'status', status: 503 };
const anywhere = (): object => ({});

/** A problem that is no target's goes when nobody finds it any more. */
const isGone =
  (name: string) =>
  async (lab: Lab): Promise<boolean> =>
    (await lab.problems()).every(({ metadata }) => metadata.name !== name);

const timer = ({ stack }: Lab): unknown => stack.hosts[0]?.run('reconcile-timer');

/** Another process of the app with these settings, which gets an event, until `ends`. */
async function withHost(
  { stack, secret }: Lab,
  env: Record<string, string>,
): Promise<() => Promise<unknown>> {
  const host = await stack.addHost(env);
  await stack.rotate(secret, `with ${Object.keys(env).join()}`, { host: stack.hosts.length - 1 });
  return () => host.kill();
}

async function lastDue({ stack }: Lab, next: Date): Promise<void> {
  const status = { last: next.toISOString(), lastUpdated: next.toISOString(), next: next.toISOString() };
  const encoded = Buffer.from(JSON.stringify({ ...status, schedule: YEARLY })).toString('base64');
  const queue = QueueServiceClient.fromConnectionString(stack.storage.connectionString);
  await queue.getQueueClient('azure-webjobs-timers-reconcile-timer').setMetadata({ status: encoded });
}

let ends: () => unknown = () => {};

/** What concerns the app as a whole, so that one comes after the other. */
export const APP = {
  EVENT_IGNORED: {
    how: 'an event about a key',
    provoke: async (lab) => {
      const { event } = await lab.rotate();
      await lab.stack.deliver([{ ...event, eventType: 'Microsoft.KeyVault.KeyNewVersionCreated' }]);
    },
    line: anywhere,
  },
  EVENT_REJECTED: {
    how: 'an event without data',
    provoke: async (lab) => {
      const { event } = await lab.rotate();
      await lab.stack.deliver([{ ...event, data: {} }]);
    },
    line: anywhere,
  },
  APP_STARTED: { how: 'a process begins to work', provoke: (lab) => lab.rotate(), line: anywhere },
  QUEUE_LENGTH: { how: 'a run of the timer', provoke: timer, line: anywhere },
  RUN_DONE: { how: 'a run of the timer', provoke: timer, line: (lab) => ({ cluster: lab.cluster }) },
  BAD_SETTING: {
    how: 'a route asks for a label that ALLOWED_METADATA does not list',
    spec: { labels: { team: 'blue' } },
    provoke: timer,
    line: anywhere,
    problem: () => 'setting:Route bad-setting',
    fix: async (lab) => {
      await lab.route({ labels: {} });
      await timer(lab);
    },
    well: isGone('setting:Route bad-setting'),
  },
  BAD_ROW: {
    how: 'somebody writes into the table of routes by hand',
    provoke: async (lab) => {
      const { connectionString } = lab.stack.storage;
      const table = TableClient.fromConnectionString(connectionString, 'Routes', {
        allowInsecureConnection: true,
      });
      await table.upsertEntity({ partitionKey: 'team', rowKey: lab.name, document: '{}' });
      await nextRun(lab);
      await lab.vaultcast('reconcile', '--cluster', lab.cluster);
    },
    line: anywhere,
    problem: () => 'row:Route:bad-row',
    shows: /bad-row/,
    fix: async (lab) => {
      await lab.route({});
      await lab.vaultcast('reconcile', '--cluster', lab.cluster);
    },
    well: isGone('row:Route:bad-row'),
  },
  BAD_MESSAGE: {
    how: 'a message of another shape stands in a queue',
    provoke: (lab) => sendMessage(lab.stack.storage, 'push', { what: 'is this' }),
    line: anywhere,
    problem: () => 'message:push',
    fix: (lab) => lab.runbook('vaultcast ack message:push'),
    well: async (lab) =>
      (await lab.problems()).some(
        ({ metadata, status }) => metadata.name === 'message:push' && status.acknowledged !== undefined,
      ),
  },
  REGISTRY_UNAVAILABLE: {
    how: 'the tables of the registry answer 503',
    provoke: async (lab) => {
      await lab.deliver();
      ends = lab.stack.storage.tables.inject({
        fault: away,
        when: ({ path }) => /Routes|Clusters/.test(path),
      });
      await lab.rotate();
    },
    line: ofSecret,
    fix: async (lab) => {
      ends();
      await push(lab);
    },
  },
  STATUS_UNAVAILABLE: {
    how: 'the table of targets answers 503',
    provoke: async (lab) => {
      await lab.deliver();
      ends = lab.stack.storage.tables.inject({ fault: away, when: ({ path }) => path.includes('Targets') });
      await lab.rotate();
    },
    line: anywhere,
    fix: async (lab) => {
      ends();
      await push(lab);
    },
  },
  QUEUE_UNAVAILABLE: {
    how: 'a queue takes nothing while a cluster fails',
    cluster: 'c-queue',
    provoke: async (lab) => {
      await lab.deliver();
      const queue = lab.stack.storage.queues.inject({
        fault: away,
        when: ({ method, path }) => method === 'POST' && path.endsWith('/push/messages'),
      });
      const cluster = lab.inject(away);
      const { answer, event } = await lab.rotate();
      if (answer.status !== 500) throw new Error(`answered ${answer.status}`);
      ends = () => {
        queue();
        cluster();
        return lab.stack.deliver([event]);
      };
    },
    line: anywhere,
    fix: () => ends(),
  },
  TOKEN_UNAVAILABLE: {
    how: 'the identity endpoint refuses',
    provoke: async (lab) => {
      ends = await withHost(lab, { IDENTITY_HEADER: 'of somebody else' });
      await lab.line(ofSecret(lab));
      await ends();
    },
    line: ofSecret,
    problem: ofTarget,
    fix: push,
  },
  SETTING_WARNING: {
    how: 'a schedule with the hours 22-2',
    provoke: async (lab) => {
      ends = await withHost(lab, { RECONCILE_SCHEDULE: '0 0 22-2 * * *' });
      await lab.line({});
      await ends();
    },
    line: anywhere,
  },
  SETTINGS_REFUSED: {
    how: 'a deployment without VAULTS',
    provoke: async (lab) => {
      ends = await withHost(lab, { VAULTS: '' });
      await lab.line({});
      const health = await lab.stack.hosts.at(-1)?.http('/api/health');
      if (health?.status !== 503) throw new Error(`health is ${health?.status}`);
    },
    line: anywhere,
    fix: async (lab) => {
      await ends();
      await push(lab);
    },
  },
  RUN_MISSED: {
    how: 'the app was stopped while a run was due',
    provoke: async (lab) => {
      lab.stack.vault.set('team', lab.secret, 'set while the app was stopped');
      await lab.stack.hosts[0]?.stop();
      await lastDue(lab, new Date(Date.now() - 600_000));
      await lab.stack.addHost();
    },
    line: anywhere,
    shows: /reconcile/,
    // The app was started, and the run that begins late is what was missed.
    fix: () => {},
  },
} satisfies Partial<Record<Code, Provocation>>;

const SEVERAL = Array.from({ length: 7 }, (_, index) => `removal-held--s${index}--password`);

export const REMOVALS = {
  REMOVAL_HELD: {
    how: 'a route is pruned by mistake in a cluster with orphans: remove',
    cluster: 'c-held',
    provoke: async (lab) => {
      for (const secret of SEVERAL) await lab.stack.rotate(secret, 'x');
      await lab.vaultcast('delete', 'route', lab.name, '--yes');
      await lab.vaultcast('reconcile', '--cluster', lab.cluster);
      await twoHoursPass(lab);
      await lab.vaultcast('reconcile', '--cluster', lab.cluster);
    },
    line: (lab) => ({ cluster: lab.cluster }),
    problem: (lab) => `removals:${lab.cluster}`,
    shows: /REMOVAL_HELD/,
    fix: async (lab) => {
      const held = await eventually(async () =>
        (await lab.problems()).find(({ metadata }) => metadata.name === `removals:${lab.cluster}`),
      );
      await lab.vaultcast(...(held.status.help ?? '').split(' ').slice(1));
    },
    well: (lab) => lab.api.secrets().length === 0,
  },
} satisfies Partial<Record<Code, Provocation>>;
