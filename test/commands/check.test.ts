import { describe, expect, it } from 'vitest';
import { onReconcileMessage } from '../../shared/commands/orders.ts';
import { VaultcastError } from '../../shared/errors.ts';
import type { Inspection } from '../../shared/check/inspection.ts';
import { newRunId } from '../../shared/status/run.ts';
import { createWorld, finish } from '../support/world.ts';
import type { WorldOptions } from '../support/world.ts';

const never = new AbortController().signal;

/** Sends the message of `vaultcast check` and returns the rows it leaves, newest of each cluster. */
async function check(
  clusters: string[],
  options: WorldOptions = {},
  prepare: (world: ReturnType<typeof createWorld>) => void = () => {},
) {
  const world = createWorld(options);
  prepare(world);
  const { ports, settings } = world;
  const message = { kind: 'check', run: newRunId(ports.clock.now()), clusters };
  await finish(ports.clock, onReconcileMessage(message, ports, settings));
  const rows = await Promise.all(clusters.map((name) => ports.status.runs(name, never)));
  return { world, rows: rows.map(([row]) => row) };
}

const unreachable: Partial<Inspection> = {
  ended: { step: 'tcp', failure: { code: 'CLUSTER_UNREACHABLE', message: 'it refused the connection' } },
  user: undefined,
};

describe('the command check', () => {
  it('leaves one row per cluster, with every line and how many of a kind', async () => {
    const { rows } = await check(
      ['weu-1', 'weu-2'],
      { clusters: { 'weu-1': {}, 'weu-2': {} } },
      ({ ports }) => ports.kubernetes.find('weu-2', unreachable),
    );
    expect(rows[0]).toMatchObject({
      kind: 'check',
      cluster: 'weu-1',
      state: 'done',
      counts: { WARN: 0, FAIL: 0 },
    });
    expect(rows[0]?.lines).toContain('OK permission: reads and writes Secrets in app-1');
    expect(rows[0]?.total).toBe(rows[0]?.lines.length);
    expect(rows[1]).toMatchObject({ kind: 'check', cluster: 'weu-2', state: 'failed', counts: { FAIL: 1 } });
    expect(rows[1]?.lines.at(-1)).toMatch(/^FAIL tcp: it refused the connection \(CLUSTER_UNREACHABLE\) -> /);
  });

  it('says that a cluster is not registered', async () => {
    const { rows, world } = await check(['weu-9']);
    expect(rows[0]).toMatchObject({
      state: 'failed',
      lines: ['FAIL registry: no Cluster of that name is registered -> vaultcast apply -f FILE'],
    });
    expect(world.ports.kubernetes.log).toEqual([]);
  });

  it('says that the registry cannot be read', async () => {
    const down = async (): Promise<void> => {
      throw new VaultcastError('REGISTRY_UNAVAILABLE', 'the tables are down');
    };
    const { rows } = await check(['weu-1'], {}, ({ ports }) => void (ports.registry.before = down));
    expect(rows[0]?.state).toBe('failed');
    expect(rows[0]?.lines).toEqual([expect.stringMatching(/^FAIL registry: .* -> /)]);
  });

  it('puts what is wrong first where there is more to say than a row holds', async () => {
    const many = Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`app-${at}`, 'app-1--']));
    const { rows } = await check(['weu-1'], { namespaces: { ...many, last: 'app-1--,not valid' } });
    expect(rows[0]?.lines[0]).toMatch(/^WARN accept: namespace last has 1 entry that is empty or malformed/);
  });

  it('looks at paused clusters, too, and at those that are being probed', async () => {
    const { rows } = await check(['weu-1'], { clusters: { 'weu-1': { paused: true } } });
    expect(rows[0]?.state).toBe('done');
  });

  it('neither writes to a cluster nor reads a vault', async () => {
    const { world } = await check(['weu-1']);
    expect(world.writes()).toEqual([]);
    expect(world.ports.vault.log).toEqual([]);
  });

  it('is refused when it does not say which clusters', async () => {
    const { ports, settings } = createWorld();
    await onReconcileMessage({ kind: 'check', run: newRunId(0), clusters: [] }, ports, settings);
    expect(ports.log.outcomes).toMatchObject([{ code: 'BAD_MESSAGE' }]);
  });
});
