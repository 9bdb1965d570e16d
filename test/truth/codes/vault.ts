import type { Code } from '../../../shared/errors.ts';
import type { Fault } from '../../local/network/faults.ts';
import type { Lab } from './lab.ts';
import { nextRun, ofSecret, ofTarget, push } from './provocation.ts';
import type { Provocation } from './provocation.ts';

const DAY = 24 * 3600;
/** Half a minute of pages, and a little. */
const PAGES = 11;
const PAGE = 25;
const soon = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;

/** A source that changed its state, told by a run; the secret is well again after `back`. */
function state(
  how: string,
  change: (lab: Lab) => void,
  back: (lab: Lab) => unknown,
  shows: RegExp,
  stuck = true,
): Provocation {
  return {
    how,
    shows,
    provoke: async (lab) => {
      await lab.deliver();
      change(lab);
      await lab.vaultcast('reconcile', '--cluster', lab.cluster, '--route', lab.name);
    },
    line: ofSecret,
    ...(stuck && { problem: ofTarget }),
    fix: async (lab) => {
      await back(lab);
      await lab.vaultcast('reconcile', '--cluster', lab.cluster, '--route', lab.name);
    },
  };
}

/** The vault answers reads of one secret with this, until the fix. */
function vaultFails(how: string, fault: Fault): Provocation {
  const ends = new Map<string, () => void>();
  return {
    how,
    provoke: async (lab) => {
      await lab.deliver();
      const when = ({ path }: { path: string }): boolean => path.startsWith(`/secrets/${lab.secret}`);
      ends.set(lab.secret, lab.stack.vault.server.inject({ fault, when }));
      await lab.rotate();
    },
    line: ofSecret,
    problem: ofTarget,
    fix: async (lab) => {
      ends.get(lab.secret)?.();
      await push(lab);
    },
  };
}

const FORBIDDEN = JSON.stringify({ error: { code: 'Forbidden', innererror: { code: 'ForbiddenByRbac' } } });

export const VAULT = {
  NEAR_EXPIRY: state(
    'a secret gets an expiry date in ten days',
    ({ stack, secret }) => stack.vault.update('team', secret, undefined, { exp: soon(10 * DAY) }),
    (lab) => lab.rotate(),
    /"code":"NEAR_EXPIRY","vault":"team","secret":"near-expiry--pg--password"/,
    false,
  ),
  EXPIRED: state(
    'a secret expires',
    ({ stack, secret }) => stack.vault.update('team', secret, undefined, { exp: soon(-60) }),
    ({ stack, secret }) => stack.vault.update('team', secret, undefined, { exp: soon(90 * DAY) }),
    /"code":"EXPIRED","vault":"team","secret":"expired--pg--password"/,
  ),
  SOURCE_DISABLED: state(
    'a secret is disabled',
    ({ stack, secret }) => stack.vault.disable('team', secret),
    ({ stack, secret }) => stack.vault.enable('team', secret),
    /SOURCE_DISABLED[^]*not allowed on a disabled secret/,
  ),
  SOURCE_DELETED: state(
    'a secret is deleted',
    ({ stack, secret }) => stack.vault.delete('team', secret),
    ({ stack, secret }) => stack.vault.recover('team', secret),
    /SOURCE_DELETED[^]*secrets\/source-deleted--pg--password\//,
  ),
  SOURCE_MISSING: {
    how: 'a route names a secret beside one that exists',
    spec: {
      layout: 'explicit',
      name: 'pg',
      data: {
        password: { secret: 'source-missing--pg--password' },
        user: { secret: 'source-missing--pg--user' },
      },
    },
    provoke: (lab) => lab.rotate(),
    line: () => ({ secret: 'source-missing--pg--user' }),
    problem: ofTarget,
    fix: (lab) => lab.stack.rotate('source-missing--pg--user', 'made'),
  },
  SOURCE_NOT_YET_VALID: {
    how: 'a secret has only a version with a not-before date',
    provoke: async (lab) => {
      lab.stack.vault.set('team', lab.secret, 'later', { nbf: soon(5 * DAY) });
      await push(lab);
    },
    line: (lab) => ({ namespace: lab.name }),
    fix: async (lab) => {
      lab.stack.vault.update('team', lab.secret, undefined, { nbf: null });
      await push(lab);
    },
  },
  SCHEDULED: {
    how: 'a secret gets a version with a not-before date',
    provoke: async (lab) => {
      await lab.deliver();
      lab.stack.vault.set('team', lab.secret, 'later', { nbf: soon(5 * DAY) });
      await push(lab);
    },
    line: ofSecret,
    shows: /"notBefore": "2/,
    fix: (lab) => lab.rotate(),
  },
  STALE_READ: {
    how: 'a vault is restored from a backup, and answers with an older version',
    provoke: async (lab) => {
      await lab.deliver();
      lab.stack.vault.set('team', lab.secret, 'restored', { created: soon(-3600) });
      await push(lab);
    },
    problem: ofTarget,
    fix: (lab) => lab.runbook('vaultcast push SECRET --accept-older'),
  },
  VAULT_THROTTLED: vaultFails('a vault answers 429', { kind: 'status', status: 429 }),
  VAULT_FORBIDDEN: vaultFails('a vault answers 403', { kind: 'status', status: 403, body: FORBIDDEN }),
  VAULT_UNAVAILABLE: vaultFails('a vault cuts connections', { kind: 'reset', when: 'before-headers' }),
  VAULT_SLOW: {
    how: 'a vault takes three seconds for each page of a list',
    cluster: 'c-list',
    spec: { vault: 'slow' },
    provoke: async (lab) => {
      const { vault } = lab.stack;
      vault.set('slow', lab.secret, 'x');
      await nextRun(lab);
      for (let index = 0; index < PAGES * PAGE; index += 1) vault.set('slow', `nobody--wants--${index}`, 'x');
      const ends = vault.server.inject({
        fault: { kind: 'delay', ms: 3000 },
        when: ({ path, headers }) => path === '/secrets' && String(headers['host']).startsWith('slow.'),
      });
      await nextRun(lab);
      ends();
    },
    line: () => ({ vault: 'slow' }),
    fix: () => {},
  },
  BAD_NAME: {
    how: 'a secret with --- in its name is rotated',
    spec: false,
    provoke: (lab) => lab.stack.rotate('bad-name---pg', 'x'),
    line: () => ({}),
  },
} satisfies Partial<Record<Code, Provocation>>;
