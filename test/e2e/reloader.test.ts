import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { routeYaml } from '../local/stack/tenancy.ts';
import type { FleetCluster } from './fleet/member.ts';
import { type Fleet, startFleet } from './fleet/start.ts';
import { WITHIN } from './cluster/policies.ts';
import { type SecretEvent, type SecretWatch, watchSecrets } from './watch.ts';

/**
 * Stakater Reloader restarts what uses a Secret when the Secret's data changes: it remembers a digest of the data, a Secret
 * that appears only sets it, and one whose digest moved makes a rollout. That rule stands here in its place.
 */
function rolloutsIn(events: readonly SecretEvent[]): string[] {
  const known = new Map<string, string>();
  return events.flatMap(({ type, object: { metadata, data = {} } }) => {
    const pairs = Object.entries(data).map(([key, value]) => `${key}=${value}`);
    const digest = createHash('sha1').update(pairs.toSorted().join(';')).digest('hex');
    const moved = type === 'MODIFIED' && known.get(metadata.name) !== digest;
    known.set(metadata.name, digest);
    return moved ? [metadata.name] : [];
  });
}

const APP = 'reloaded';
const SECRET = `${APP}--pg--password`;
const MATCH = 'reloader.stakater.com/match';

let fleet: Fleet;
let weu: FleetCluster;
let watch: SecretWatch;

const route = (annotations: Record<string, string>): Promise<string> =>
  fleet.stack.apply(
    routeYaml(APP, { prefix: `${APP}--`, namespaces: [APP], clusters: { names: ['weu-1'] }, annotations }),
  );

async function delivered(secret: string, value: string): Promise<void> {
  const { eventId } = await fleet.stack.rotate(secret, value);
  await fleet.stack.outcomes(eventId, 1);
}

/** What happened to the Secret so far, once the watch has heard of its newest version. */
async function heard(): Promise<{ rollouts: number; changes: number; annotations: Record<string, string> }> {
  const live = await weu.people.secret(APP, 'pg');
  const version = live?.metadata.resourceVersion;
  await expect.poll(() => watch.events.at(-1)?.object.metadata.resourceVersion, WITHIN).toBe(version);
  const ours = watch.events.filter(({ object }) => object.metadata.name === 'pg');
  const { annotations = {} } = ours.at(-1)?.object.metadata ?? {};
  const changes = ours.filter(({ type }) => type === 'MODIFIED').length;
  return { rollouts: rolloutsIn(ours).length, changes, annotations };
}

async function allowWatch(oid: string): Promise<void> {
  const { admin } = weu.server;
  const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${APP}`;
  const rules = [{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list', 'watch'] }];
  const group = 'rbac.authorization.k8s.io';
  const bodies = [
    { path: 'roles', body: { metadata: { name: 'reloader' }, rules } },
    {
      path: 'rolebindings',
      body: {
        metadata: { name: 'reloader' },
        roleRef: { apiGroup: group, kind: 'Role', name: 'reloader' },
        subjects: [{ apiGroup: group, kind: 'User', name: oid }],
      },
    },
  ];
  for (const { path, body } of bodies)
    expect(await admin(`${rbac}/${path}`, { method: 'POST', body })).toMatchObject({ status: 201 });
}

beforeAll(async () => {
  fleet = await startFleet(['weu-1']);
  [weu] = fleet.clusters as [FleetCluster];
  await weu.invite(APP, `${APP}--`);
  await route({ [MATCH]: 'true' });
  await allowWatch('reloader');
  const { tokens, audience } = fleet.stack.trust;
  const token = await tokens.issue(audience, { oid: 'reloader' });
  watch = await watchSecrets(weu.server, token, APP);
});
afterAll(async () => {
  await watch?.stop();
  await fleet?.stop();
});

describe('a workload that Reloader restarts', () => {
  it('is left alone by the first delivery, which carries the annotation it looks for', async () => {
    await delivered(SECRET, 'first');
    expect(await heard()).toMatchObject({ rollouts: 0, changes: 0, annotations: { [MATCH]: 'true' } });
  });

  it('is restarted once by a rotation', async () => {
    await delivered(SECRET, 'second');
    expect(await heard()).toMatchObject({ rollouts: 1, changes: 1, annotations: { [MATCH]: 'true' } });
  });

  it('is not restarted by the same event again, nor by a run that finds nothing to do', async () => {
    const { event, eventId } = await fleet.stack.rotate(SECRET, 'third');
    await fleet.stack.outcomes(eventId, 1);
    await fleet.stack.deliver([event]);
    await fleet.stack.outcomes(eventId, 2);
    await fleet.reconcile();
    expect(await heard()).toMatchObject({ rollouts: 2, changes: 2 });
  });

  it('is not restarted by a new version of the same value: only annotations change', async () => {
    await delivered(SECRET, 'third');
    expect(await heard()).toMatchObject({ rollouts: 2, changes: 3 });
  });

  it('is not restarted by another annotation of the route, nor loses those that people put there', async () => {
    await weu.people.edit(APP, 'pg', (found) => ({
      ...found,
      metadata: {
        ...found.metadata,
        annotations: { ...found.metadata.annotations, 'team.test/note': 'ours' },
      },
    }));
    await route({ [MATCH]: 'true', 'team.test/owner': 'blue' });
    await fleet.reconcile();
    expect(await heard()).toMatchObject({
      rollouts: 2,
      annotations: { [MATCH]: 'true', 'team.test/note': 'ours', 'team.test/owner': 'blue' },
    });
  });

  it('is restarted once by each rotation of a second secret that feeds the same Secret', async () => {
    const before = await heard();
    await delivered(`${APP}--pg--user`, 'app');
    await delivered(`${APP}--pg--user`, 'application');
    expect((await heard()).rollouts).toBe(before.rollouts + 2);
  });
});
