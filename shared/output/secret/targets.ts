import { type SecretRef, targetId, type TargetRef } from '../../names.ts';
import type { Route } from '../../registry/document.ts';
import { entriesOf } from '../../render/entries.ts';
import { sourcesAmong, type Target } from '../../route/targets.ts';
import { parseProvenance } from '../../source/provenance.ts';
import { blankRow, NO_CLUSTER, refOf, rowId, type TargetStatus } from '../../status/target.ts';
import { adviceOf } from '../advice.ts';
import { present } from '../fields.ts';
import type { SecretTarget, VaultView } from '../schema.ts';
import { targetDocument } from '../target.ts';
import { arrivalOf, isLatest, standsIn } from './delivered.ts';

/** What is asked about, and how much of the rest could be seen. */
interface About {
  secret: SecretRef;
  vault: VaultView;
  /** Whether the rows could be read. */
  isRead: boolean;
  /** Whether a route brings other secrets to the target of a row. */
  isFed: (row: TargetStatus) => boolean;
}

/** What is said of a target in place of what its row says. */
type Said = Pick<SecretTarget['status'], 'state' | 'reason' | 'message' | 'turn' | 'help'>;

/** All targets of the secret, by place: those that routes claim, and those that earlier routes left. */
export function targetsOf(
  about: About,
  routed: readonly Target[],
  rows: readonly TargetStatus[],
): SecretTarget[] {
  const rowOf = new Map(rows.map((row) => [targetId(refOf(row)), row]));
  const claims = Map.groupBy(routed, ({ ref }) => targetId(ref));
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
  claim: Target,
  hasRivals: boolean,
  row: TargetStatus | undefined,
  about: About,
): SecretTarget {
  const { route, ref: target } = claim;
  const { name } = route.metadata;
  const said = hasRivals ? rivalSaid(target, name, row) : undefined;
  return documentOf(row ?? unseenRow(target, name), about, {
    route: name,
    keys: keysOf(route, target, row, about.secret.name),
    said: said ?? pausedSaid(claim) ?? unseenSaid(row, about) ?? lateSaid(row, about),
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
  return {
    ...rest,
    spec: { vault: about.secret.vault, ...(route === '' ? {} : { route }) },
    status: {
      ...(said === undefined ? told : { ...whole, ...said }),
      ...(isOurs ? present({ deliveries: ownDeliveries(deliveries, about) }) : {}),
      ...(isOurs ? arrivalOf(row, about.secret, about.vault) : {}),
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

/** Two routes claim it: the one that owns it has it. */
function rivalSaid(target: TargetRef, name: string, row: TargetStatus | undefined): Said | undefined {
  const owner = row?.route ?? '';
  if (owner === '' || owner === name) return undefined;
  const advice = adviceOf('COLLISION', { ...target, route: name });
  const message = `route ${owner} owns ${targetId(target)}`;
  return { state: 'refused', reason: 'COLLISION', message, ...present(advice) };
}

function pausedSaid({ route, cluster }: Target): Said | undefined {
  const { name } = route.metadata;
  if (!route.spec.paused && !cluster.spec.paused) return undefined;
  const what = route.spec.paused ? `route ${name}` : `cluster ${cluster.metadata.name}`;
  const advice = present(adviceOf('PAUSED', { route: name }));
  return { state: 'paused', reason: 'PAUSED', message: `${what} is paused`, ...advice };
}

/** Runs keep no row of a target that neither stands nor is wanted, such as that of a secret that was deleted. */
function unseenSaid(row: TargetStatus | undefined, { secret, vault, isRead }: About): Said | undefined {
  if (row !== undefined) return undefined;
  if (!isRead) return UNREAD;
  if (vault.state === 'missing') return goneSaid(secret);
  const help = `vaultcast push ${secret.vault}/${secret.name}`;
  const orGone = vault.state === 'unknown' ? ', or there is no such secret in the vault' : '';
  const message = `nothing is recorded of it: no run has looked at it yet${orGone}`;
  return { state: 'unknown', message, turn: 'vaultcast', help } as const;
}

const UNREAD: Said = {
  state: 'unknown',
  message: 'what is recorded of it could not be read',
  turn: 'platform',
  help: 'vaultcast get targets',
};

function goneSaid({ vault, name }: SecretRef): Said {
  const advice = present(adviceOf('SOURCE_MISSING', { vault, secret: name }));
  const message = 'nothing stands there, for the vault has no secret of this name';
  return { state: 'absent', reason: 'SOURCE_MISSING', message, ...advice };
}

/** The row says that all is well, as it was before the rotation: nobody has noticed that yet. */
function lateSaid(row: TargetStatus | undefined, { secret, vault }: About): Said | undefined {
  const delivered = standsIn(row, secret);
  if (row?.state !== 'synced' || delivered === undefined || isLatest(delivered, vault) !== false)
    return undefined;
  if (vault.state !== 'valid' && vault.state !== 'near-expiry') return undefined;
  const message = 'the latest version has not been noticed yet: an event or the next run brings it';
  const help = `vaultcast push ${secret.vault}/${secret.name}`;
  return { state: 'pending', reason: row.code, message, turn: 'vaultcast', help };
}
