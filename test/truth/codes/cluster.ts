import type { Code } from '../../../shared/errors.ts';
import type { Fault } from '../../local/network/faults.ts';
import { createAuthority } from '../../local/network/authority.ts';
import { clusterYaml } from '../../local/stack/sites.ts';
import { createPerson } from '../../local/stack/person.ts';
import type { Lab } from './lab.ts';
import { ofTarget, push } from './provocation.ts';
import type { Provocation } from './provocation.ts';

const forbidden = JSON.stringify({ kind: 'Status', status: 'Failure', reason: 'Forbidden', code: 403 });

function siteOf({ stack, cluster }: Lab) {
  const site = stack.sites.find(({ name }) => name === cluster);
  if (site === undefined) throw new Error(`no site ${cluster}`);
  return site;
}

const ends = new Map<string, () => void>();

/** Registers the cluster with another document; the lab's own comes back with the fix. */
function registered(how: string, cluster: string, change: (lab: Lab) => Promise<string>): Provocation {
  return {
    how,
    cluster,
    provoke: async (lab) => {
      await lab.deliver();
      const yaml = await change(lab);
      // The command would ask for what this app is configured with: the document is of another time.
      await createPerson(lab.stack.storage).apply(yaml);
      lab.stack.vault.set('team', lab.secret, 'after');
      await push(lab);
    },
    problem: ofTarget,
    shows: /FAIL/,
    fix: async (lab) => {
      await lab.stack.apply(clusterYaml(siteOf(lab)));
      await push(lab);
    },
  };
}

/** An API server that answers with this, until the fix. */
function fails(how: string, cluster: string, fault: Fault, shows?: RegExp): Provocation {
  return {
    how,
    cluster,
    provoke: async (lab) => {
      await lab.deliver();
      ends.set(lab.cluster, lab.inject(fault));
      await lab.rotate();
    },
    problem: ofTarget,
    ...(shows && { shows }),
    fix: async (lab) => {
      ends.get(lab.cluster)?.();
      await push(lab);
    },
  };
}

export const CLUSTER = {
  CLUSTER_UNREACHABLE: {
    how: 'an API server refuses connections',
    cluster: 'c-down',
    provoke: async (lab) => {
      await lab.deliver();
      await lab.api.server.down();
      await lab.rotate();
    },
    problem: ofTarget,
    shows: /FAIL/,
    fix: async (lab) => {
      await lab.api.server.up();
      await push(lab);
    },
  },
  CLUSTER_BACKOFF: {
    how: 'a cluster refuses connections three times in a row, and a secret is rotated',
    cluster: 'c-backoff',
    provoke: async (lab) => {
      await lab.deliver();
      await lab.api.server.down();
      for (let times = 0; times < 4; times += 1) await lab.rotate();
    },
    shows: /CLUSTER_UNREACHABLE/,
    fix: async (lab) => {
      await lab.api.server.up();
      await lab.runbook('vaultcast push SECRET');
    },
  },
  CLUSTER_TLS: registered('a Cluster has the CA of another', 'c-tls', async (lab) =>
    clusterYaml({ ...siteOf(lab), caPem: (await createAuthority()).caPem }),
  ),
  CLUSTER_NOT_ALLOWED: registered('a Cluster has a server outside CLUSTER_HOSTS', 'c-outside', (lab) =>
    Promise.resolve(clusterYaml({ ...siteOf(lab), url: 'https://elsewhere.example.org' })),
  ),
  CLUSTER_CREDENTIAL: registered(
    'a Cluster names a stored credential that there is not',
    'c-credential',
    (lab) =>
      Promise.resolve(
        clusterYaml(siteOf(lab)).replace(
          /credential:[\s\S]*$/,
          'credential:\n    token: {secret: nobody-stored-it}\n',
        ),
      ),
  ),
  CLUSTER_TIMEOUT: fails('an API server never answers', 'c-hang', { kind: 'hang' }, /FAIL/),
  CLUSTER_UNAUTHORIZED: fails('an API server answers 401', 'c-401', { kind: 'status', status: 401 }),
  CLUSTER_FORBIDDEN: fails('an API server answers 403', 'c-403', {
    kind: 'status',
    status: 403,
    body: forbidden,
  }),
  CLUSTER_THROTTLED: fails('an API server answers 429', 'c-429', {
    kind: 'status',
    status: 429,
    headers: { 'retry-after': '5' },
  }),
  CLUSTER_FAILED: fails('an API server answers with a page to sign in', 'c-html', { kind: 'html' }, /FAIL/),
  OUT_OF_TIME: {
    how: 'a cluster that never answers is wanted by more targets than it is asked for at once',
    cluster: 'c-slow',
    spec: { namespaces: ['out-of-time', ...Array.from({ length: 90 }, (_, index) => `nowhere-${index}`)] },
    provoke: async (lab) => {
      ends.set(lab.cluster, lab.inject({ kind: 'hang' }));
      await lab.rotate();
    },
    line: (lab) => ({ cluster: lab.cluster }),
    fix: async (lab) => {
      ends.get(lab.cluster)?.();
      await push(lab);
    },
  },
} satisfies Partial<Record<Code, Provocation>>;
