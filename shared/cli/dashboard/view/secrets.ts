import { parseProvenance } from '../../../source/provenance.ts';
import { knownParts } from '../../../status/parts.ts';
import type { TargetStatus } from '../../../status/target.ts';
import type { SecretItem, SecretsView } from '../views.ts';
import { partOf, seenOf } from './seen.ts';
import { clusterNames, once, partitionOf, type World } from './world.ts';

/** Every secret that a row speaks of, by name; `q` is a part of `VAULT/NAME`. */
export function secretsView(world: World, query: URLSearchParams, now: number): SecretsView {
  const text = query.get('q')?.trim().toLowerCase() ?? '';
  const found = secretsIn(world).filter(({ vault, name }) => `${vault}/${name}`.includes(text));
  const { items, ...part } = partOf(found, query);
  return { kind: 'SecretList', metadata: { ...seenOf(world, now), ...part }, items };
}

interface Sum {
  vault: string;
  name: string;
  counts: Map<string, number>;
  deliveredAt: number;
}

const secretsIn = once((world: World): SecretItem[] => {
  const sums = new Map<string, Sum>();
  for (const cluster of clusterNames(world))
    for (const [key, sum] of sumsOf(partitionOf(world, cluster).rows))
      sums.set(key, merged(sums.get(key), sum));
  return [...sums.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, sum]) => itemOf(sum));
});

/** What a partition says of each secret: computed again only where its rows changed. */
const sumsOf = once((rows: readonly TargetStatus[]): ReadonlyMap<string, Sum> => {
  const sums = new Map<string, Sum>();
  for (const row of rows)
    for (const { vault, name } of feeding(row)) {
      const one = { vault, name, counts: new Map([[row.state, 1]]), deliveredAt: row.deliveredAt };
      sums.set(`${vault}/${name}`, merged(sums.get(`${vault}/${name}`), one));
    }
  return sums;
});

/** What stands in the target, and what should and does not. */
export function feeding(row: TargetStatus): { vault: string; name: string }[] {
  const { vault, sources } = parseProvenance(row.sources);
  if (vault === '') return [];
  const parts = knownParts(row.parts).map(({ source }) => source);
  return [...new Set([...sources.keys(), ...parts])].map((name) => ({ vault, name }));
}

function merged(before: Sum | undefined, more: Sum): Sum {
  if (before === undefined) return { ...more, counts: new Map(more.counts) };
  for (const [state, count] of more.counts) before.counts.set(state, (before.counts.get(state) ?? 0) + count);
  before.deliveredAt = Math.max(before.deliveredAt, more.deliveredAt);
  return before;
}

function itemOf({ vault, name, counts, deliveredAt }: Sum): SecretItem {
  const at = deliveredAt === 0 ? {} : { deliveredAt: new Date(deliveredAt).toISOString() };
  return { vault, name, counts: Object.fromEntries(counts), ...at };
}
