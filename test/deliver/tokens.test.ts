import { expect, it } from 'vitest';
import { VaultcastError } from '../../shared/errors.ts';
import { NEVER, unlessAborted } from '../../shared/time.ts';
import { createWorld } from '../support/world.ts';

it('a token that does not come is no failure of its cluster, and keeps no other from being written', async () => {
  const world = createWorld({ clusters: { 'weu-1': {}, 'weu-2': {} } });
  const { kubernetes } = world.ports;
  const secret = kubernetes.secret.bind(kubernetes);
  const noToken = () => new VaultcastError('TOKEN_UNAVAILABLE', 'no token');
  kubernetes.secret = (cluster, ref, signal) =>
    cluster.metadata.name === 'weu-2'
      ? unlessAborted(signal, new Promise<never>(() => {}), noToken)
      : secret(cluster, ref, signal);
  world.set('app-1--pg--password', 's3cret');
  await world.event();
  const codesOf = (name: string) =>
    world.ports.log.outcomes.filter(({ cluster }) => cluster === name).map(({ code }) => code);
  expect(codesOf('weu-1')).toEqual(['DELIVERED']);
  expect(new Set(codesOf('weu-2'))).toEqual(new Set(['TOKEN_UNAVAILABLE']));
  expect((await world.ports.status.backOffs(NEVER)).size).toBe(0);
});
