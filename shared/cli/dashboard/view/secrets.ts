import { perObject } from '../../../remember.ts';
import { parseProvenance } from '../../../source/provenance.ts';
import { knownParts } from '../../../status/parts.ts';
import type { TargetStatus } from '../../../status/target.ts';
import type { Views } from '../views.ts';
import { partOf, seenOf } from './seen.ts';
import { overClusters, type World } from './world.ts';

/** Every secret that a row speaks of, by name; `q` is a part of `VAULT/NAME`. */
export function secretsView(world: World, query: URLSearchParams, now: number): Views['secrets'] {
  const text = query.get('q')?.trim().toLowerCase() ?? '';
  const found = itemsOf(sumsIn(world)).filter(({ vault, name }) => `${vault}/${name}`.includes(text));
  const { items, ...part } = partOf(found, query);
  return { kind: 'SecretList', metadata: { ...seenOf(world, now), ...part }, items };
}

interface Sum {
  vault: string;
  name: string;
  counts: Map<string, number>;
  deliveredAt: number;
}

type Sums = ReadonlyMap<string, Sum>;

/** By `VAULT/NAME`. */
export const sumsIn = overClusters(sumsOf, mergedSums);

const itemsOf = perObject((sums: Sums): Views['secrets']['items'] =>
  [...sums].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, sum]) => itemOf(sum)),
);

function sumsOf(rows: readonly TargetStatus[]): Sums {
  const sums = new Map<string, Sum>();
  for (const row of rows)
    for (const { vault, name } of feeding(row))
      add(sums, { vault, name, counts: new Map([[row.state, 1]]), deliveredAt: row.deliveredAt });
  return sums;
}

function mergedSums(parts: readonly Sums[]): Sums {
  const sums = new Map<string, Sum>();
  for (const part of parts) for (const sum of part.values()) add(sums, sum);
  return sums;
}

function add(sums: Map<string, Sum>, more: Sum): void {
  const key = `${more.vault}/${more.name}`;
  const before = sums.get(key);
  if (before === undefined) {
    sums.set(key, { ...more, counts: new Map(more.counts) });
    return;
  }
  for (const [state, count] of more.counts) before.counts.set(state, (before.counts.get(state) ?? 0) + count);
  before.deliveredAt = Math.max(before.deliveredAt, more.deliveredAt);
}

/** What stands in the target, and what should and does not. */
export function feeding(row: TargetStatus): { vault: string; name: string }[] {
  const { vault, sources } = parseProvenance(row.sources);
  if (vault === '') return [];
  const parts = knownParts(row.parts).map(({ source }) => source);
  return [...new Set([...sources.keys(), ...parts])].map((name) => ({ vault, name }));
}

function itemOf({ vault, name, counts, deliveredAt }: Sum): Views['secrets']['items'][number] {
  const at = deliveredAt === 0 ? {} : { deliveredAt: new Date(deliveredAt).toISOString() };
  return { vault, name, counts: Object.fromEntries(counts), ...at };
}
