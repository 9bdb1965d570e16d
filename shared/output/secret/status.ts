import { type SecretRef, targetId } from '../../names.ts';
import type { Cluster, Route } from '../../registry/document.ts';
import { parseProvenance } from '../../source/provenance.ts';
import { secretProblem } from '../../status/problem.ts';
import { NO_CLUSTER, refOf, rowId, type TargetStatus } from '../../status/target.ts';
import { API_VERSION, countsOf } from '../fields.ts';
import type { SecretTarget, VaultView } from '../schema.ts';
import type { Output } from '../json-schema.ts';
import { deliveredIn } from './delivered.ts';
import { routedOf } from './routing.ts';
import { targetsOf } from './targets.ts';

type Reasons = Output<'SecretStatus'>['status']['reasons'];

interface Known {
  routes: readonly Route[];
  clusters: readonly Cluster[];
  /** Undefined where the table could not be read. */
  rows: readonly TargetStatus[] | undefined;
  /** What the vault shows to whoever asks; `deleted` of a secret that it does not have, whatever it once had. */
  vault: VaultView;
  /** Tags of the latest version; undefined while nobody could ask. */
  tags: Readonly<Record<string, string>> | undefined;
  notSeen: readonly string[];
  now: number;
}

/** Where a secret is, which version, since when, and why not: the answer to its owner's question. */
export function secretStatusOf(secret: SecretRef, known: Known): Output<'SecretStatus'> {
  const { rows = [], tags, notSeen, now } = known;
  const vault = goneOrNever(known.vault, known.rows, secret);
  const { routed, reasons } = routedOf(secret, known, tags);
  const isFed = (row: TargetStatus): boolean => isStillFed(row, secret, known);
  const targets = targetsOf({ secret, vault, isRead: known.rows !== undefined, isFed }, routed, rows);
  return {
    apiVersion: API_VERSION,
    kind: 'SecretStatus',
    metadata: { vault: secret.vault, name: secret.name, readAt: new Date(now).toISOString() },
    status: {
      arrived: targets.length > 0 && targets.every((target) => hasArrived(target, vault)),
      vault,
      counts: countsOf(targets.map(({ status }) => status.state)),
      targets,
      reasons: [...vaultReasons(vault), ...gaveUp(secret, rows), ...reasons],
      notSeen: [...notSeen],
    },
  };
}

/** Whether a route still brings another secret there: then the Secret goes on, and only what it has of this one is left over. */
function isStillFed(row: TargetStatus, { vault, name }: SecretRef, known: Known): boolean {
  const others = [...parseProvenance(row.sources).sources.keys()].filter((source) => source !== name);
  const place = targetId(refOf(row));
  return others.some((source) =>
    routedOf({ vault, name: source }, known, undefined).routed.some(({ ref }) => targetId(ref) === place),
  );
}

/** A vault does not tell a secret that went from one that never was; what was delivered of it does. */
function goneOrNever(vault: VaultView, rows: Known['rows'], secret: SecretRef): VaultView {
  if (vault.state !== 'deleted') return vault;
  if (rows === undefined)
    return {
      state: 'missing',
      message: 'the vault has no secret of this name; whether it had one is not known',
    };
  if (rows.some((row) => deliveredIn(row, secret) !== undefined))
    return { state: 'deleted', message: 'the vault has no secret of this name any more: it was deleted' };
  const message = 'the vault has no secret of this name, and no target is known to have had it';
  return { state: 'missing', message };
}

/** States of the latest version that a person should look at; the app goes on as the route says. */
function vaultReasons({ state, message }: VaultView): Reasons {
  if (message !== undefined && (state === 'deleted' || state === 'missing'))
    return [{ about: 'secret', message }];
  if (state !== 'disabled' && state !== 'expired') return [];
  return [{ about: 'secret', message: `the latest version in the vault is ${state}` }];
}

/** Work for the secret that was given up before any target was known. */
function gaveUp(secret: SecretRef, rows: readonly TargetStatus[]): Reasons {
  const id = rowId(secretProblem(secret));
  const about = rows.filter((row) => row.cluster === NO_CLUSTER && row.id === id);
  return about.map(({ code, message }) => ({ about: 'secret', message: `${code}: ${message}` }));
}

/** The version that should stand there does. Of a vault that nobody looked into any version will do, for none is known. */
function hasArrived({ status }: SecretTarget, { state }: VaultView): boolean {
  const { stands, version, isLatest } = status;
  const isGone = state === 'deleted' || state === 'missing';
  return !isGone && status.state !== 'left' && stands !== 'no' && version !== undefined && isLatest !== false;
}

/** Whether nobody needs to do anything, nor to wait for anything. That one route leaves it out may be meant. */
export function isWell({ status: { arrived, targets, reasons } }: Output<'SecretStatus'>): boolean {
  return (
    arrived &&
    reasons.every(({ about }) => about === 'route') &&
    targets.every(({ status }) => status.state === 'synced')
  );
}
