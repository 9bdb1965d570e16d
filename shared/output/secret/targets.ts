import { targetId, type TargetRef } from '../../names.ts';
import type { Route } from '../../registry/document.ts';
import { entriesOf } from '../../render/entries.ts';
import { sourcesAmong } from '../../route/targets.ts';
import { type Delivered, parseProvenance } from '../../source/provenance.ts';
import { knownExpiries } from '../../status/expiry.ts';
import { blankRow, NO_CLUSTER, refOf, rowId, type TargetStatus } from '../../status/target.ts';
import { adviceOf } from '../advice.ts';
import { isoTime, present } from '../fields.ts';
import type { SecretTarget } from '../schema.ts';
import { targetDocument } from '../target.ts';
import type { Routed } from './routing.ts';
import {
  type About,
  isLatest,
  lateSaid,
  pausedSaid,
  rivalSaid,
  type Said,
  standsIn,
  unseenSaid,
} from './said.ts';

/** All targets of the secret, by place: those that routes claim, and those that earlier routes left. */
export function targetsOf(
  about: About,
  routed: readonly Routed[],
  rows: readonly TargetStatus[],
): SecretTarget[] {
  const rowOf = new Map(rows.map((row) => [targetId(refOf(row)), row]));
  const claims = Map.groupBy(routed, ({ target }) => targetId(target));
  const claimed = [...claims].flatMap(([id, rivals]) =>
    rivals.map((one) => claimedTarget(one, rivals.length > 1, rowOf.get(id), about)),
  );
  const left = [...rowOf]
    .filter(([id, row]) => row.cluster !== NO_CLUSTER && !claims.has(id) && standsIn(row, about.secret))
    .map(([, row]) => leftTarget(row, about));
  const place = ({ metadata }: SecretTarget): string => targetId(metadata);
  return [...claimed, ...left].toSorted((a, b) => (place(a) < place(b) ? -1 : 1));
}

function claimedTarget(
  { route, target, paused }: Routed,
  hasRivals: boolean,
  row: TargetStatus | undefined,
  about: About,
): SecretTarget {
  const { name } = route.metadata;
  const said = hasRivals ? rivalSaid(target, name, row) : undefined;
  const other = said ?? (paused === undefined ? undefined : pausedSaid(paused, name));
  return documentOf(row ?? unseenRow(target, name), about, {
    route: name,
    keys: keysOf(route, target, row, about.secret.name),
    said: other ?? unseenSaid(row, about) ?? lateSaid(row, about),
    isOurs: said === undefined,
  });
}

function unseenRow({ cluster, ...ref }: TargetRef, route: string): TargetStatus {
  const said = {
    state: 'pending',
    code: 'QUEUED',
    message: 'no run has looked at it yet',
    since: 0,
  } as const;
  return { ...blankRow({ cluster, id: rowId(ref), ...said }), route };
}

function keysOf(route: Route, target: TargetRef, row: TargetStatus | undefined, name: string) {
  const recorded = parseProvenance(row?.sources).sources.keys();
  const sources = sourcesAmong(route, target, new Set([...recorded, name]));
  return entriesOf(route, sources).flatMap((entry) =>
    (entry.keys ?? ['*']).map((key) => ({ key, sources: [...entry.sources] })),
  );
}

/** A Secret that still holds it though no route brings it there any more. */
function leftTarget(row: TargetStatus, about: About): SecretTarget {
  const what = 'recorded there, but no route claims it for this secret now';
  const leaves = {
    message: `${what}: its key leaves with the next write of the Secret`,
    turn: 'nobody',
  } as const;
  const stays = { message: what, ...present(adviceOf('ORPHANED', refOf(row))) };
  const said = { state: 'left', reason: row.code, ...(about.isFed(row) ? leaves : stays) } as const;
  return documentOf(row, about, { route: row.route, keys: [], said, isOurs: true });
}

interface More {
  route: string;
  keys: SecretTarget['status']['keys'];
  /** What is said instead of what the row says. */
  said: Said | undefined;
  /** Whether what the row says of the Secret is about this route. */
  isOurs: boolean;
}

function documentOf(row: TargetStatus, about: About, { route, keys, said, isOurs }: More): SecretTarget {
  const { status, ...rest } = targetDocument(row);
  const { deliveries = [], ...told } = status;
  const { help: _help, reason: _reason, ...whole } = told;
  const delivered = isOurs ? standsIn(row, about.secret) : undefined;
  return {
    ...rest,
    spec: { vault: about.secret.vault, ...(route === '' ? {} : { route }) },
    status: {
      ...(said === undefined ? told : { ...whole, ...said }),
      ...(isOurs ? present({ deliveries: ownDeliveries(deliveries, about) }) : {}),
      ...arrivalOf(row, delivered, about),
      keys,
    },
  };
}

function ownDeliveries(
  deliveries: NonNullable<SecretTarget['status']['deliveries']>,
  { secret }: About,
): SecretTarget['status']['deliveries'] {
  const own = deliveries.filter((one) => one.secret === secret.name);
  return own.length === 0 ? undefined : own;
}

function arrivalOf(row: TargetStatus, delivered: Delivered | undefined, { secret, vault }: About) {
  if (delivered === undefined) return {};
  const { version, created } = delivered;
  const delay = Math.round(row.deliveredAt / 1000) - created;
  return {
    version,
    ...present({
      created: isoTime(created * 1000),
      expires: isoTime((knownExpiries(row.expires).get(secret.name) ?? 0) * 1000),
      isLatest: isLatest(delivered, vault),
      delaySeconds: row.deliveredAt > 0 && delay >= 0 ? delay : undefined,
    }),
  };
}
