import type { Code } from '../../../shared/errors.ts';
import { ACCEPT, routeYaml, valueIn } from '../../local/stack/tenancy.ts';
import { eventually } from '../../local/stack/eventually.ts';
import { sendMessage } from '../../local/stack/storage.ts';
import type { Lab } from './lab.ts';
import { nextRun, ofSecret, ofTarget, push } from './provocation.ts';
import type { Provocation } from './provocation.ts';

const invalid = JSON.stringify({ kind: 'Status', status: 'Failure', reason: 'Invalid', code: 422 });
const conflict = JSON.stringify({ kind: 'Status', status: 'Failure', reason: 'Conflict', code: 409 });
const message = ({ secret }: Lab) => ({
  vault: 'team',
  secret,
  cause: 'by-hand',
  since: Date.now(),
  attempt: 3,
});
const twoKeys = (name: string) => ({
  layout: 'explicit',
  name: 'pg',
  data: { password: { secret: `${name}--pg--password` }, user: { secret: `${name}--pg--user` } },
});
const ends = new Map<Code, () => void>();

/** What events, routes, namespaces and people in clusters bring about at one target. */
export const TARGET = {
  DELIVERED: {
    how: 'a secret is rotated',
    provoke: (lab) => lab.rotate(),
    shows: /vaultcast\.dev\/sources: team\/delivered--pg--password@/,
  },
  UNCHANGED: {
    how: 'an event comes twice',
    provoke: async (lab) => {
      const { event } = await lab.rotate();
      await lab.stack.deliver([event]);
    },
    shows: /In the clusters: in every target/,
  },
  SUPERSEDED: {
    how: 'a message waits for a target that no route wants any more',
    provoke: async (lab) => {
      const where = { cluster: lab.cluster, namespace: lab.name, name: 'other' };
      await sendMessage(lab.stack.storage, 'push', { kind: 'target', ...message(lab), ...where });
    },
    line: (lab) => ({ namespace: lab.name, name: 'other' }),
    shows: /"code":"SUPERSEDED"/,
  },
  REMOVED: {
    how: 'a secret is deleted under onDeleted: remove, and a person says push --remove-now',
    spec: { onDeleted: 'remove' },
    provoke: async (lab) => {
      await lab.deliver();
      lab.stack.vault.delete('team', lab.secret);
      await lab.vaultcast('push', lab.secret, '--remove-now');
    },
    shows: /"code":"REMOVED"/,
    fix: async (lab) => {
      lab.stack.vault.recover('team', lab.secret);
      await lab.runbook('vaultcast push SECRET');
    },
  },
  NO_ROUTE: {
    how: 'a secret is rotated that no route wants',
    spec: false,
    provoke: (lab) => lab.rotate(),
    line: ofSecret,
    shows: /NO_ROUTE: no route of vault team has one of the prefixes .*no-route--pg--/,
    fix: async (lab) => {
      await lab.stack.apply(
        routeYaml(lab.name, {
          prefix: `${lab.name}--`,
          namespaces: [lab.name],
          clusters: { names: [lab.cluster] },
        }),
      );
      await push(lab);
    },
  },
  PAUSED: {
    how: 'a secret is rotated while its route is paused',
    provoke: async (lab) => {
      await lab.deliver();
      await lab.route({ paused: true });
      await push(lab);
    },
    line: ofSecret,
    shows: /paused/,
    fix: async (lab) => {
      await lab.route({ paused: false });
      await nextRun(lab);
    },
  },
  QUEUED: {
    how: 'a route waits for company: debounce',
    spec: { debounce: '5s' },
    provoke: (lab) => lab.rotate(),
  },
  NOT_ACCEPTED: {
    how: 'a namespace accepts something else',
    accept: 'other--',
    provoke: (lab) => lab.rotate(),
    shows: /vaultcast\.dev\/accept: other--/,
    problem: ofTarget,
    fix: async (lab) => {
      lab.api.annotate(lab.name, { [ACCEPT]: `${lab.name}--` });
      await nextRun(lab);
    },
  },
  NAMESPACE_MISSING: {
    how: 'a namespace does not exist',
    accept: false,
    provoke: (lab) => lab.rotate(),
    shows: /Error from server \(NotFound\)/,
    problem: ofTarget,
    fix: async (lab) => {
      lab.api.createNamespace(lab.name, { [ACCEPT]: `${lab.name}--` });
      await nextRun(lab);
    },
  },
  NOT_OURS: {
    how: 'somebody else made a Secret of that name',
    provoke: async (lab) => {
      lab.api.put(lab.name, { metadata: { name: 'pg' }, data: {} });
      await lab.rotate();
    },
    problem: ofTarget,
    fix: async (lab) => {
      lab.api.remove(lab.name, 'pg');
      await nextRun(lab);
    },
  },
  COLLISION: {
    how: 'two routes claim a target',
    provoke: async (lab) => {
      await lab.deliver();
      const spec = { prefix: `${lab.name}--`, namespaces: [lab.name], clusters: { names: [lab.cluster] } };
      const args = ['apply', '-f', '-', '--yes', '--allow-collisions'];
      await lab.stack.vaultcast(args, routeYaml('collision-too', spec));
      await push(lab);
    },
    line: (lab) => ({ namespace: lab.name }),
    shows: /collision-too +refused +COLLISION/,
    fix: (lab) => lab.vaultcast('delete', 'route', 'collision-too', '--yes'),
    well: async (lab) => !(await lab.vaultcast('explain', lab.secret)).out.includes('COLLISION'),
  },
  RENDER_REFUSED: {
    how: 'a secret loses the property that its route asks for',
    spec: {
      layout: 'explicit',
      name: 'pg',
      data: { password: { secret: 'render-refused--pg--password', property: 'password' } },
    },
    provoke: async (lab) => {
      await lab.rotate('{"password":"p"}');
      await lab.rotate('{"user":"u"}');
    },
    problem: ofTarget,
    shows: /no property password/,
    fix: (lab) => lab.rotate('{"password":"q"}'),
  },
  SECRET_INVALID: {
    how: 'an API server refuses the write with 422',
    provoke: async (lab) => {
      await lab.deliver();
      ends.set(lab.code, lab.inject({ kind: 'status', status: 422, body: invalid }, 'on-write'));
      await lab.rotate();
    },
    problem: ofTarget,
    fix: async (lab) => {
      ends.get(lab.code)?.();
      await nextRun(lab);
    },
  },
  CONFLICT: {
    how: 'a Secret is changed at every write',
    provoke: async (lab) => {
      await lab.deliver();
      ends.set(lab.code, lab.inject({ kind: 'status', status: 409, body: conflict }, 'on-write'));
      await lab.rotate();
    },
    problem: ofTarget,
    fix: async (lab) => {
      ends.get(lab.code)?.();
      await push(lab);
    },
  },
  KEY_ORPHANED: {
    how: 'a key is taken out of its route, and its sibling is rotated',
    spec: twoKeys('key-orphaned'),
    provoke: async (lab) => {
      // Without an event of its own, which could still be under way when the route changes.
      lab.stack.vault.set('team', 'key-orphaned--pg--user', 'u');
      await lab.deliver();
      await lab.route({ data: { password: { secret: lab.secret } } });
      lab.stack.vault.set('team', lab.secret, 'alone');
      await push(lab);
    },
    fix: async (lab) => {
      await lab.route({});
      await lab.runbook('vaultcast push SECRET');
    },
    well: (lab) => valueIn(lab.api, lab.name, 'pg', 'user') === 'u',
  },
  ORPHANED: {
    how: 'a route is deleted',
    provoke: async (lab) => {
      await lab.deliver();
      await lab.vaultcast('delete', 'route', lab.name, '--yes');
      await lab.vaultcast('reconcile', '--cluster', lab.cluster);
    },
    shows: /orphaned\/pg +orphaned +ORPHANED/,
    fix: async (lab) => {
      await lab.route({});
      await nextRun(lab);
    },
  },
  GAVE_UP: {
    how: 'a message fails every time, and the host gives it up',
    provoke: async (lab) => {
      lab.stack.vault.set('team', lab.secret, 'given up');
      const where = { cluster: lab.cluster, namespace: lab.name, name: 'pg' };
      await sendMessage(lab.stack.storage, 'push-poison', { kind: 'target', ...message(lab), ...where });
      await eventually(async () => (await lab.row())?.['state'] === 'failed');
    },
    problem: ofTarget,
    shows: /a message of queue push failed every time/,
    fix: (lab) => lab.runbook('vaultcast push SECRET'),
  },
  PLANNED: {
    how: 'a person asks for a plan',
    provoke: async (lab) => {
      // A run of somebody else's may bring it before there is a plan.
      await eventually(async () => {
        lab.stack.vault.set('team', lab.secret, 'planned');
        await lab.vaultcast('plan', '--cluster', lab.cluster, '--route', lab.name);
        return lab.stack.lines().some(({ code, namespace }) => code === 'PLANNED' && namespace === lab.name);
      });
    },
    shows: /plan/,
    fix: (lab) => lab.vaultcast('reconcile', '--cluster', lab.cluster, '--route', lab.name),
  },
  RUN_INCOMPLETE: {
    how: 'a run may not list the Secrets of a namespace',
    provoke: async (lab) => {
      await lab.deliver();
      const body = JSON.stringify({ kind: 'Status', status: 'Failure', reason: 'Forbidden', code: 403 });
      ends.set(lab.code, lab.inject({ kind: 'status', status: 403, body }, 'in-namespace'));
      const ran = await nextRun(lab);
      if ((ran as { code: number }).code === 0) throw new Error('it said that all is well');
    },
    line: (lab) => ({ cluster: lab.cluster }),
    shows: /incomplete/,
    fix: async (lab) => {
      ends.get(lab.code)?.();
      await nextRun(lab);
    },
  },
} satisfies Partial<Record<Code, Provocation>>;
