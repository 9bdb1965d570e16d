import type { SecretRef, TargetRef } from '../../names.ts';
import { targetId } from '../../names.ts';
import { parseProvenance } from '../../source/provenance.ts';
import type { Route } from '../../registry/document.ts';
import { entriesOf } from '../../render/entries.ts';
import type { TargetStatus } from '../../status/target.ts';
import { NO_CLUSTER } from '../../status/target.ts';
import { sourcesAmong } from '../../route/targets.ts';
import type { Claimed } from './routing.ts';

/** Where the secret is, or should be. */
export interface ExplainedTarget {
  cluster: string;
  namespace: string;
  name: string;
  route: string;
  state: TargetStatus['state'] | 'paused' | 'unknown' | 'left';
  code: string;
  message: string;
  /** ms since the epoch; 0 when no run has looked at it. */
  since: number;
  /** Delivered version, and when it was created (Unix seconds). */
  version?: string;
  created?: number;
  /** Each key (`*`: the properties of a JSON document) with the secrets it is made of. */
  keys: { key: string; sources: readonly string[] }[];
}

const idOf = ({ cluster, namespace, name }: TargetRef): string => `${cluster}/${namespace}:${name}`;

function delivered(row: TargetStatus | undefined, secret: SecretRef) {
  const { vault, sources } = parseProvenance(row?.sources);
  return vault === secret.vault ? sources.get(secret.name) : undefined;
}

function keysOf(route: Route, target: TargetRef, row: TargetStatus | undefined, name: string) {
  const recorded = parseProvenance(row?.sources).sources.keys();
  const sources = sourcesAmong(route, target, new Set([...recorded, name]));
  return entriesOf(route, sources).flatMap((entry) =>
    (entry.keys ?? ['*']).map((key) => ({ key, sources: entry.sources })),
  );
}

const NOT_SEEN = { state: 'unknown', code: '', message: 'no run has looked at it yet', since: 0 } as const;

function claimedTarget(
  { route, target, paused }: Claimed,
  rivals: readonly Claimed[],
  row: TargetStatus | undefined,
  secret: SecretRef,
): ExplainedTarget {
  const owner = row?.route ?? '';
  const isRival = rivals.length > 1 && owner !== '' && owner !== route.metadata.name;
  const seen = row ?? NOT_SEEN;
  const keys = keysOf(route, target, row, secret.name);
  const known = { ...target, route: route.metadata.name, keys, since: seen.since };
  if (isRival)
    return {
      ...known,
      state: 'refused',
      code: 'COLLISION',
      message: `route ${owner} owns ${targetId(target)}`,
    };
  const said = paused === undefined ? seen : ({ state: 'paused', code: 'PAUSED', message: paused } as const);
  const { state, code, message } = said;
  return { ...known, state, code, message, ...delivered(row, secret) };
}

/** A Secret that still holds it though no route brings it there any more. */
function leftTarget(row: TargetStatus, secret: SecretRef): ExplainedTarget {
  const [namespace = '', name = ''] = row.id.split(':');
  const { cluster, route, code, since } = row;
  const message = 'recorded there, but no route claims it for this secret now';
  return {
    cluster,
    namespace,
    name,
    route,
    state: 'left',
    code,
    message,
    since,
    keys: [],
    ...delivered(row, secret),
  };
}

/** All targets of the secret: those that routes claim, and those that earlier routes left. */
export function targetsOf(
  secret: SecretRef,
  claimed: readonly Claimed[],
  rows: readonly TargetStatus[],
): ExplainedTarget[] {
  const byId = new Map(rows.map((row) => [`${row.cluster}/${row.id}`, row]));
  const rivalsOf = (target: TargetRef): Claimed[] =>
    claimed.filter((other) => idOf(other.target) === idOf(target));
  const wanted = new Set(claimed.map(({ target }) => idOf(target)));
  const left = rows.filter(
    (row) =>
      row.cluster !== NO_CLUSTER &&
      delivered(row, secret) !== undefined &&
      !wanted.has(`${row.cluster}/${row.id}`),
  );
  return [
    ...claimed.map((one) => claimedTarget(one, rivalsOf(one.target), byId.get(idOf(one.target)), secret)),
    ...left.map((row) => leftTarget(row, secret)),
  ].toSorted((a, b) => (targetId(a) < targetId(b) ? -1 : 1));
}
