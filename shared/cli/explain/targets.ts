import { targetId } from '../../names.ts';
import type { SecretRef, TargetRef } from '../../names.ts';
import type { Route } from '../../registry/document.ts';
import { entriesOf } from '../../render/entries.ts';
import { sourcesAmong } from '../../route/targets.ts';
import { parseProvenance } from '../../source/provenance.ts';
import type { Delivered } from '../../source/provenance.ts';
import { NO_CLUSTER, refOf } from '../../status/target.ts';
import type { TargetStatus } from '../../status/target.ts';
import type { Routed } from './routing.ts';

/** Where the secret is, or should be; with the delivered version, if there is one. */
export interface ExplainedTarget extends TargetRef, Partial<Delivered> {
  route: string;
  state: TargetStatus['state'] | 'paused' | 'unknown' | 'left';
  code: string;
  message: string;
  /** ms since the epoch; 0 when no run has looked at it. */
  since: number;
  /** Each key (`*`: the properties of a JSON document) with the secrets it is made of. */
  keys: { key: string; sources: readonly string[] }[];
}

/** All targets of the secret: those that routes claim, and those that earlier routes left. */
export function targetsOf(
  secret: SecretRef,
  routed: readonly Routed[],
  rows: readonly TargetStatus[],
): ExplainedTarget[] {
  const rowOf = new Map(rows.map((row) => [targetId(refOf(row)), row]));
  const claims = Map.groupBy(routed, ({ target }) => targetId(target));
  const claimed = [...claims].flatMap(([id, rivals]) =>
    rivals.map((one) => claimedTarget(one, rivals.length > 1, rowOf.get(id), secret)),
  );
  const left = [...rowOf]
    .filter(([id, row]) => row.cluster !== NO_CLUSTER && !claims.has(id) && delivered(row, secret))
    .map(([, row]) => leftTarget(row, secret));
  return [...claimed, ...left].toSorted((a, b) => (targetId(a) < targetId(b) ? -1 : 1));
}

function delivered(row: TargetStatus | undefined, secret: SecretRef): Delivered | undefined {
  const { vault, sources } = parseProvenance(row?.sources);
  return vault === secret.vault ? sources.get(secret.name) : undefined;
}

const NOT_SEEN = { state: 'unknown', code: '', message: 'no run has looked at it yet', since: 0 } as const;

function claimedTarget(
  { route, target, paused }: Routed,
  hasRivals: boolean,
  row: TargetStatus | undefined,
  secret: SecretRef,
): ExplainedTarget {
  const seen = row ?? NOT_SEEN;
  const { name } = route.metadata;
  const owner = row?.route ?? '';
  const known = { ...target, route: name, keys: keysOf(route, target, row, secret.name), since: seen.since };
  if (hasRivals && owner !== '' && owner !== name) {
    const message = `route ${owner} owns ${targetId(target)}`;
    return { ...known, state: 'refused', code: 'COLLISION', message };
  }
  if (paused !== undefined)
    return { ...known, state: 'paused', code: 'PAUSED', message: paused, ...delivered(row, secret) };
  const { state, code, message } = seen;
  return { ...known, state, code, message, ...delivered(row, secret) };
}

function keysOf(route: Route, target: TargetRef, row: TargetStatus | undefined, name: string) {
  const recorded = parseProvenance(row?.sources).sources.keys();
  const sources = sourcesAmong(route, target, new Set([...recorded, name]));
  return entriesOf(route, sources).flatMap((entry) =>
    (entry.keys ?? ['*']).map((key) => ({ key, sources: entry.sources })),
  );
}

/** A Secret that still holds it though no route brings it there any more. */
function leftTarget(row: TargetStatus, secret: SecretRef): ExplainedTarget {
  const { route, code, since } = row;
  const message = 'recorded there, but no route claims it for this secret now';
  const known = { ...refOf(row), route, code, message, since, keys: [] };
  return { ...known, state: 'left', ...delivered(row, secret) };
}
