import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../local/stack/eventually.ts';
import { startStack } from '../local/stack/start.ts';
import type { Stack } from '../local/stack/start.ts';
import { applyTenancy, valueIn } from '../local/stack/tenancy.ts';

const CLUSTERS = Array.from({ length: 50 }, (_, index) => `c-${index + 1}`);
const SECRET = 'app-1--pg--password';
let stack: Stack;

/** With connections open: fifty handshakes at once take longer on a small machine than a target may take to answer. */
beforeAll(async () => {
  stack = await startStack({ clusters: CLUSTERS });
  await applyTenancy(stack);
  await stack.rotate('app-1--warm--up', 'value');
  await eventually(() => CLUSTERS.every((name) => stack.cluster(name).secret('app-1', 'warm')), 60_000);
}, 180_000);
afterAll(() => stack.stop());

const count = (writes: { create: number; update: number; delete: number }) =>
  writes.create + writes.update + writes.delete;

/** What a rotation (or a delivery) cost. */
async function cost(act: () => Promise<unknown>) {
  const requestsTo = (name: string) => stack.cluster(name).server.requests;
  const before = {
    vault: stack.vault.server.requests.length,
    writes: CLUSTERS.map((name) => count(stack.cluster(name).writes)),
    requests: CLUSTERS.map((name) => requestsTo(name).length),
  };
  await act();
  const asked = stack.vault.server.requests.slice(before.vault);
  return {
    valueReads: asked.filter(({ path, status }) => path.startsWith(`/secrets/${SECRET}`) && status === 200)
      .length,
    writes: CLUSTERS.map((name, index) => count(stack.cluster(name).writes) - (before.writes[index] ?? 0)),
    requests: CLUSTERS.map((name, index) =>
      requestsTo(name)
        .slice(before.requests[index])
        .map(({ method, path }) => `${method} ${path}`)
        .toSorted(),
    ),
  };
}

const NAMESPACE = '/api/v1/namespaces/app-1';
const everywhere = <T>(one: T): T[] => CLUSTERS.map(() => one);

describe('one rotation to fifty clusters', () => {
  it('creates fifty Secrets with three requests each and at most three reads of the value', async () => {
    const { valueReads, writes, requests } = await cost(() => stack.rotate(SECRET, 'first'));

    expect(writes).toEqual(everywhere(1));
    expect(requests).toEqual(
      everywhere([`GET ${NAMESPACE}`, `GET ${NAMESPACE}/secrets/pg`, `POST ${NAMESPACE}/secrets`]),
    );
    expect(valueReads).toBeLessThanOrEqual(3);
  });

  it('updates fifty Secrets with three requests each and at most three reads of the value', async () => {
    const { valueReads, writes, requests } = await cost(() => stack.rotate(SECRET, 'second'));

    expect(writes).toEqual(everywhere(1));
    expect(requests).toEqual(
      everywhere([`GET ${NAMESPACE}`, `GET ${NAMESPACE}/secrets/pg`, `PUT ${NAMESPACE}/secrets/pg`]),
    );
    expect(valueReads).toBeLessThanOrEqual(3);
    for (const name of CLUSTERS)
      expect(valueIn(stack.cluster(name), 'app-1', 'pg', 'password')).toBe('second');
  });

  it('writes nothing to fifty clusters when the event comes again', async () => {
    const { event } = await stack.rotate(SECRET, 'third');
    const resourceVersions = () =>
      CLUSTERS.map((name) => stack.cluster(name).secret('app-1', 'pg')?.metadata.resourceVersion);
    const before = resourceVersions();
    const { writes } = await cost(() => stack.deliver([event]));

    expect(writes).toEqual(everywhere(0));
    expect(resourceVersions()).toEqual(before);
  });
});
