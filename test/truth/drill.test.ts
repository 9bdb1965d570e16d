import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Code } from '../../shared/errors.ts';
import { run } from '../cli/run.ts';
import { eventually } from '../local/stack/eventually.ts';
import type { LogLine } from '../local/stack/log.ts';
import { clusterYaml } from '../local/stack/sites.ts';
import { startStack } from '../local/stack/start.ts';
import type { Stack } from '../local/stack/start.ts';
import { sendMessage } from '../local/stack/storage.ts';
import { ACCEPT, routeYaml } from '../local/stack/tenancy.ts';
import { twoHoursPass } from './codes/passing.ts';

const WAIT_MS = 30_000;
const FORBIDDEN = JSON.stringify({ kind: 'Status', status: 'Failure', reason: 'Forbidden', code: 403 });

/** Clusters and vaults of which each has one thing wrong with it. */
const CLUSTERS = [
  'down-1',
  'backoff-1',
  'rbac-1',
  'foreign-1',
  'poison-1',
  'held-1',
  'locked-1',
  'busy-1',
  'gone-1',
];
const VAULTS = ['team', 'locked', 'busy', 'gone'];
let stack: Stack;

/** A route of the name, from the vault to the cluster, and its first version there. */
async function well(name: string, cluster: string, vault = 'team'): Promise<void> {
  await eventually(async () => {
    await stack.rotate(`${name}--pg--password`, 'before', { vault });
    return stack.cluster(cluster).secret(name, 'pg') !== undefined;
  }, WAIT_MS);
}

const ROUTES = [
  ['down', 'down-1', 'team'],
  ['backoff', 'backoff-1', 'team'],
  ['rbac', 'rbac-1', 'team'],
  ['foreign', 'foreign-1', 'team'],
  ['poison', 'poison-1', 'team'],
  ['held', 'held-1', 'team'],
  ['locked', 'locked-1', 'locked'],
  ['busy', 'busy-1', 'busy'],
  ['gone', 'gone-1', 'gone'],
] as const;

beforeAll(async () => {
  stack = await startStack({ clusters: CLUSTERS, vaults: VAULTS });
  for (const [name, cluster] of ROUTES)
    stack.cluster(cluster).createNamespace(name, { [ACCEPT]: `${name}--` });
  const routes = ROUTES.map(([name, cluster, vault]) =>
    routeYaml(name, { vault, prefix: `${name}--`, namespaces: [name], clusters: { names: [cluster] } }),
  );
  const clusters = stack.sites.map((site) =>
    site.name === 'held-1'
      ? clusterYaml(site).replace('spec:', 'spec:\n  orphans: remove')
      : clusterYaml(site),
  );
  await stack.apply([...clusters, ...routes].join('---\n'));
}, 180_000);
afterAll(() => stack.stop());

const vaultcast = (...args: string[]) => {
  const { connectionString } = stack.storage;
  return run(args, {
    real: true,
    env: { REGISTRY: connectionString, AzureWebJobsStorage: connectionString },
  });
};

/** The line that an alert quotes. */
const lineOf = (code: Code, about: Partial<LogLine>): Promise<LogLine> =>
  eventually(
    () =>
      stack
        .lines()
        .find(
          (line) =>
            line.code === code &&
            Object.entries(about).every(([key, value]) => line[key as keyof LogLine] === value),
        ),
    WAIT_MS,
  );

/** The one command: what it says of the names in the line. */
async function problems(...selectors: string[]): Promise<string> {
  const { out } = await vaultcast('get', 'problems', ...selectors);
  return out;
}

/** The same once the tables say it: rows are saved after the line is logged, those of vaults when a run has ended. */
const problemsSaying = (what: string, ...selectors: string[]): Promise<string> =>
  eventually(async () => {
    const said = await problems(...selectors);
    return said.includes(what) ? said : undefined;
  }, WAIT_MS);

/** The command that stands below the problems, as a person copies it. */
function helpIn(said: string): string[] {
  const [, line = ''] = /What helps\n {2}vaultcast (.*)\n/.exec(said) ?? [];
  return line.split(' ');
}

/** Refuses everything that is asked of one vault. */
const inVault = (vault: string, status: number): (() => void) =>
  stack.vault.server.inject({
    fault: { kind: 'status', status, body: JSON.stringify({ error: { code: 'Refused' } }) },
    when: ({ headers }) => String(headers['host']).startsWith(`${vault}.`),
  });

describe.concurrent('from an alert line one command leads to cause and help', () => {
  it('when a cluster is down', async () => {
    await well('down', 'down-1');
    await stack.cluster('down-1').server.down();
    await stack.rotate('down--pg--password', 'after');
    const { cluster = '' } = await lineOf('CLUSTER_UNREACHABLE', { cluster: 'down-1' });

    const said = await problemsSaying('CLUSTER_UNREACHABLE', '--cluster', cluster);
    expect(said).toMatch(/down-1 +down\/pg +pending +CLUSTER_UNREACHABLE/);
    expect(said).toContain('it refused the connection');
    expect(said).toMatch(/next try at 2/);
    expect(said).toContain('vaultcast check down-1');

    const checked = await vaultcast('check', cluster);
    expect(checked).toMatchObject({ code: 1, out: expect.stringMatching(/FAIL +\S+: .*refused/) });
  });

  it('when a cluster is in back-off, still with the cause', async () => {
    await well('backoff', 'backoff-1');
    await stack.cluster('backoff-1').server.down();
    for (let times = 0; times < 4; times += 1) await stack.rotate('backoff--pg--password', `try ${times}`);
    const { cluster = '' } = await lineOf('CLUSTER_BACKOFF', { cluster: 'backoff-1' });

    const said = await problemsSaying('it refused the connection', '--cluster', cluster);
    expect(said).toContain('vaultcast check backoff-1');
    await stack.cluster('backoff-1').server.up();
    expect(await vaultcast('push', 'team/backoff--pg--password')).toMatchObject({ code: 0 });
  });

  it.each([
    ['locked', 403, 'VAULT_FORBIDDEN', /Key Vault Secrets User/],
    ['busy', 429, 'VAULT_THROTTLED', /vaultcast plan/],
    ['gone', 503, 'VAULT_UNAVAILABLE', /vaultcast plan/],
  ] as const)(
    'when vault %s answers %i and no event tells of anything',
    async (vault, status, code, help) => {
      await well(vault, `${vault}-1`, vault);
      const ends = inVault(vault, status);
      const ran = await vaultcast('reconcile', '--cluster', `${vault}-1`, '--route', vault);
      const line = await lineOf(code, { vault });

      expect(ran.code).toBe(1);
      const said = await problemsSaying(code, '--vault', line.vault ?? '');
      expect(said).toMatch(new RegExp(`- +vault ${vault} +problem +${code}`));
      expect(said).toMatch(help);
      ends();
      await vaultcast('reconcile', '--cluster', `${vault}-1`, '--route', vault);
      await eventually(async () => !(await problems('--vault', vault)).includes(code));
    },
  );

  it('when a RoleBinding is missing', async () => {
    await well('rbac', 'rbac-1');
    stack.cluster('rbac-1').server.inject({
      fault: { kind: 'status', status: 403, body: FORBIDDEN },
      when: ({ path }) => path.includes('/namespaces/rbac/secrets'),
    });
    await stack.rotate('rbac--pg--password', 'after');
    const { cluster = '', namespace = '' } = await lineOf('CLUSTER_FORBIDDEN', { cluster: 'rbac-1' });

    const said = await problemsSaying('CLUSTER_FORBIDDEN', '--cluster', cluster, '--namespace', namespace);
    expect(said).toMatch(/rbac-1 +rbac\/pg +pending +CLUSTER_FORBIDDEN +.* platform/);
    expect(said).toContain('RBAC denies it');
    expect(said).toContain('vaultcast check rbac-1');
  });

  it("when somebody else's Secret stands there, with the name of its manager", async () => {
    const labels = { 'app.kubernetes.io/managed-by': 'Helm' };
    stack.cluster('foreign-1').put('foreign', { metadata: { name: 'pg', labels }, data: {} });
    await stack.rotate('foreign--pg--password', 'after');
    const { secret = '' } = await lineOf('NOT_OURS', { namespace: 'foreign' });

    const said = await problemsSaying('NOT_OURS', '--secret', `team/${secret}`);
    expect(said).toMatch(/foreign-1 +foreign\/pg +refused +NOT_OURS +.* namespace-owner/);
    expect(said).toContain('it is managed by Helm, not by vaultcast');
    expect(said).toContain('kubectl get secret pg -n foreign --show-managed-fields');
  });

  it('when a message was given up', async () => {
    const where = { cluster: 'poison-1', namespace: 'poison', name: 'pg' };
    const work = {
      vault: 'team',
      secret: 'poison--pg--password',
      cause: 'e-1',
      since: Date.now(),
      attempt: 5,
    };
    stack.vault.set('team', work.secret, 'x');
    await sendMessage(stack.storage, 'push-poison', { kind: 'target', ...work, ...where });
    const { cluster = '', namespace = '' } = await lineOf('GAVE_UP', { namespace: 'poison' });

    const said = await problemsSaying('GAVE_UP', '--cluster', cluster, '--namespace', namespace);
    expect(said).toMatch(/poison-1 +poison\/pg +failed +GAVE_UP/);
    expect(said).toContain('failed every time it was tried');
    expect(await vaultcast(...helpIn(said))).toMatchObject({ code: 0 });
    expect(await problems('--cluster', cluster, '--namespace', namespace)).not.toContain('GAVE_UP');
  });

  it('when removals are held, to what would go and to the command that lets it go', async () => {
    const names = Array.from({ length: 7 }, (_, index) => `held--s${index}--password`);
    for (const secret of names) await stack.rotate(secret, 'x');
    const held = () => stack.cluster('held-1').secrets().length;
    await eventually(() => held() === names.length);
    await vaultcast('delete', 'route', 'held', '--yes');
    await vaultcast('reconcile', '--cluster', 'held-1');
    await twoHoursPass({ stack, cluster: 'held-1' });
    expect(await vaultcast('reconcile', '--cluster', 'held-1')).toMatchObject({ code: 2 });
    const { cluster = '', runId = '' } = await lineOf('REMOVAL_HELD', { cluster: 'held-1' });

    const said = await problemsSaying('REMOVAL_HELD', '--cluster', cluster);
    expect(said).toMatch(/held-1 +removals held-1 +problem +REMOVAL_HELD +.* platform/);
    expect(said).toContain('7 removals in cluster held-1 wait for a person');
    expect(helpIn(said)).toEqual(['reconcile', '--cluster', 'held-1', '--confirm-removals', runId]);

    const { out } = await vaultcast('plan', '--cluster', cluster);
    expect(out.match(/its removal waits for a person to confirm it/g)).toHaveLength(7);
    expect(held()).toBe(7);
    expect(await vaultcast(...helpIn(said))).toMatchObject({ code: 0 });
    expect(held()).toBe(0);
    await eventually(async () => !(await problems('--cluster', cluster)).includes('REMOVAL_HELD'), WAIT_MS);
  });
});
