import { parse as parseYaml } from 'yaml';
import { describe, expect, it } from 'vitest';
import { OUTPUT_KINDS } from '../../shared/output/json-schema.ts';
import { heldProblem, problemRecord } from '../../shared/status/problem.ts';
import { appDoing, aRun } from '../cli/app.ts';
import { aRow, V1 } from '../cli/rows.ts';
import { run } from '../cli/run.ts';
import { anyway } from '../support/anyway.ts';
import { stored, writtenCluster, writtenRoute } from '../support/documents.ts';
import { createFakeKeyVault } from '../support/fakes/key-vault.ts';
import { fakeRegistry } from '../support/fakes/registry.ts';

const signal = new AbortController().signal;

/** A fleet in which there is something of every kind to be shown. */
async function aFleet() {
  const app = appDoing(({ message }) =>
    message.kind === 'check'
      ? { kind: 'check', lines: ['OK name: resolves to 10.0.0.1', 'WARN accept: nobody -> kubectl annotate'] }
      : {
          kind: message.kind === 'push' ? 'push' : 'plan',
          counts: { PLANNED: 1 },
          lines: ['PLANNED pg: new'],
        },
  );
  const parts = JSON.stringify({ 'app-1--pg--user': 'missing' });
  const expires = JSON.stringify({ 'app-1--pg--password': 1_800_000_000 });
  const deliveries = JSON.stringify([{ at: Date.now(), secret: 'app-1--pg--password', version: V1, ms: 7 }]);
  const held = problemRecord(heldProblem('weu-1', 9), undefined, { run: aRun().run, now: Date.now() });
  const waiting = aRow({ id: 'app-1:mq', state: 'pending', code: 'CLUSTER_TIMEOUT', nextRetry: Date.now() });
  await app.status.saveTargets(
    anyway([aRow({ state: 'degraded', code: 'SOURCE_MISSING', parts, expires, deliveries }), waiting, held]),
    signal,
  );
  await app.status.saveRun(aRun({ counts: { REMOVAL_HELD: 9 } }), signal);
  const vault = createFakeKeyVault({ vaults: ['team'] });
  vault.people.set('team', 'app-1--pg--password', 'x', { version: V1 });
  return { ...app, vault, registry: fakeRegistry(stored(writtenCluster()), stored(writtenRoute())) };
}

const COMMANDS: readonly [keyof typeof OUTPUT_KINDS, string[]][] = [
  ['TargetList', ['get', 'targets']],
  ['ProblemList', ['get', 'problems']],
  ['RunList', ['get', 'runs']],
  ['ClusterList', ['get', 'clusters']],
  ['RouteList', ['get', 'routes']],
  ['SecretStatus', ['explain', 'app-1--pg--password']],
  ['RunList', ['plan']],
  ['RunList', ['check', 'weu-1']],
  ['RunList', ['push', 'app-1--pg--password']],
];

describe('what vaultcast prints for programs', () => {
  it.each([
    ['weu-1', 'weu-2'],
    ['weu-2', 'weu-1'],
  ])('tells the targets of a secret by their places, however the clusters come: %s, %s', async (...names) => {
    const clusters = names.map((name) => stored(writtenCluster(name)));
    const registry = fakeRegistry(...clusters, stored(writtenRoute('app-1', { clusters: { names } })));
    const { out } = await run(['explain', 'app-1--pg--password', '-o', 'json'], {
      ...(await aFleet()),
      registry,
    });
    const { status } = OUTPUT_KINDS.SecretStatus.parse(JSON.parse(out));
    expect(status.targets.map(({ metadata }) => metadata.cluster)).toEqual(['weu-1', 'weu-1', 'weu-2']);
  });

  it.each(COMMANDS)('is a %s that satisfies its schema, in JSON and YAML alike: %j', async (kind, args) => {
    const json = await run([...args, '-o', 'json'], await aFleet());
    const yaml = await run([...args, '-o', 'yaml'], await aFleet());

    for (const document of [JSON.parse(json.out), parseYaml(yaml.out)] as unknown[])
      expect(OUTPUT_KINDS[kind].parse(document)).toMatchObject({ kind });
  });

  it.each(COMMANDS)('has no empty text, no null and no zero date: %s of %j', async (_, args) => {
    const { out } = await run([...args, '-o', 'json'], await aFleet());

    expect(out).not.toMatch(/: (?:""|null|"1970-)/);
  });

  it.each(COMMANDS.filter(([kind]) => kind.endsWith('List')))(
    'has counts that add up to its items: %s of %j',
    async (kind, args) => {
      const { out } = await run([...args, '-o', 'json'], await aFleet());
      const list = OUTPUT_KINDS[kind].parse(JSON.parse(out)) as {
        metadata: { counts: Record<string, number> };
        items: unknown[];
      };
      const sum = Object.values(list.metadata.counts).reduce((all, one) => all + one, 0);

      expect(list.items.length).toBeGreaterThan(0);
      expect(sum).toBe(list.items.length);
    },
  );
});
