import { expect, it } from 'vitest';
import { tellOfSettings } from '../../shared/reconcile/settings.ts';
import { settingProblem } from '../../shared/status/problem.ts';
import { HOUR_MS, problemsOf, reconcile } from '../support/fleet.ts';
import { createWorld } from '../support/world.ts';

const SCOPES = {
  about: 'CLUSTER_SCOPES',
  message: 'entry "api://x/.default" must say which servers it is for',
};
const CLUSTER = { about: 'Cluster weu-1', message: 'spec.requireConsent: false counts no more' };

const RUN = '20261120T100000Z-abcd';

async function told(...rounds: (typeof SCOPES)[][]) {
  const world = createWorld();
  for (const found of rounds) {
    await tellOfSettings(world.ports, RUN, async () =>
      found.map(({ about, message }) => settingProblem(about, message)),
    );
    await world.ports.clock.advance(HOUR_MS);
  }
  return world;
}

it('what a deployment does not do is a line and a problem', async () => {
  const world = await told([SCOPES, CLUSTER]);
  expect(world.ports.log.outcomes).toEqual([
    { code: 'BAD_SETTING', message: `CLUSTER_SCOPES: ${SCOPES.message}`, runId: RUN },
    { code: 'BAD_SETTING', message: `Cluster weu-1: ${CLUSTER.message}`, runId: RUN },
  ]);
  expect(await problemsOf(world)).toEqual({
    'setting:CLUSTER_SCOPES': 'BAD_SETTING',
    'setting:Cluster weu-1': 'BAD_SETTING',
  });
});

it('the problem of a setting keeps its date while it stands, and goes when it is mended', async () => {
  const world = await told([SCOPES, CLUSTER], [SCOPES]);
  expect(await problemsOf(world)).toEqual({ 'setting:CLUSTER_SCOPES': 'BAD_SETTING' });
});

it('a run leaves the problem of a setting alone', async () => {
  const world = await told([SCOPES]);
  await reconcile(world);
  expect(await problemsOf(world)).toEqual({ 'setting:CLUSTER_SCOPES': 'BAD_SETTING' });
});

it('a registry that cannot be read costs a line, and no problem', async () => {
  const world = await told([SCOPES]);
  await tellOfSettings(world.ports, RUN, () => Promise.reject(new TypeError('no')));
  expect(world.ports.log.outcomes.at(-1)).toMatchObject({ code: 'INTERNAL' });
  expect(await problemsOf(world)).toEqual({ 'setting:CLUSTER_SCOPES': 'BAD_SETTING' });
});
