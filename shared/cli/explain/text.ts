import type { SecretTarget, VaultView } from '../../output/schema.ts';
import type { Output } from '../../output/json-schema.ts';
import type { Column } from '../output/table.ts';
import { fittedTable } from '../output/table.ts';
import { wrapped } from '../output/wrapped.ts';
import { agoText, dateText, harmless, paint, sumText } from '../terminal/text.ts';
import type { Io } from '../terminal/io.ts';
import { deliveryLines } from './deliveries.ts';

/** For people: in the vault, then target by target, then why not, whose turn it is and what helps. */
export function explanationText(io: Io, document: Output<'SecretStatus'>, wide: boolean): string {
  const { metadata, status } = document;
  const { vault, targets, reasons, notSeen, counts } = status;
  const now = Date.parse(metadata.readAt);
  const table =
    targets.length === 0 ? [] : ['', fittedTable(io, columns(vault, now, targets), targets, wide)];
  const why = [
    ...targets.flatMap((target) => whyLines(io, target)),
    ...indented(
      io,
      reasons.map(({ message }) => message),
    ),
  ];
  const helps = [...new Set(targets.flatMap((target) => target.status.help ?? []))];
  return [
    paint(io, 'bold', `Secret ${metadata.vault}/${metadata.name}`),
    ...wrapped(io, `In the vault: ${vaultText(vault, now)}`),
    ...wrapped(
      io,
      `In the clusters: ${arrivedText(document)}${targets.length === 0 ? '' : ` (${sumText('target', counts)})`}`,
    ),
    ...table,
    ...section(io, 'What is wrong', why),
    ...section(
      io,
      'What helps',
      helps.map((help) => `  ${harmless(help)}`),
    ),
    ...section(io, 'Keys', indented(io, keyLines(targets))),
    ...section(io, 'Deliveries', indented(io, deliveryLines(targets, now))),
    ...section(io, 'Not seen', indented(io, notSeen)),
  ].join('\n');
}

const indented = (io: Io, lines: readonly string[]): string[] =>
  lines.flatMap((line) => wrapped(io, line, '  '));

function vaultText({ state, message, version, created, notBefore, expires }: VaultView, now: number): string {
  if (version === undefined || created === undefined)
    return state === 'unknown' ? `not known (${message ?? ''})` : state;
  const dates = [
    `made ${agoText(now - Date.parse(created))} ago (${dateText(created)})`,
    ...(notBefore === undefined ? [] : [`not before ${dateText(notBefore)}`]),
    ...(expires === undefined ? [] : [`expires ${dateText(expires)}`]),
  ];
  return `${state}, latest version ${version}, ${dates.join(', ')}`;
}

function arrivedText({ status: { arrived, targets, vault } }: Output<'SecretStatus'>): string {
  if (targets.length === 0) return 'wanted nowhere';
  const holding = targets.filter(({ status }) => status.version !== undefined && status.stands !== 'no');
  const unknown = targets.filter(({ status }) => status.state === 'unknown').length;
  const more = unknown === 0 ? '' : `, of ${unknown} it is not known`;
  if (!arrived)
    return `${holding.filter(({ status }) => status.isLatest !== false).length} of ${targets.length} have it${more}`;
  return vault.state === 'unknown' ? 'in every target, in the version below' : 'in every target';
}

function columns(vault: VaultView, now: number, targets: readonly SecretTarget[]): Column<SecretTarget>[] {
  // Where the vault could be asked its line says it.
  const isDated = vault.expires === undefined && targets.some(({ status }) => status.expires !== undefined);
  const expires = ({ status }: SecretTarget): string => (status.expires ?? '').slice(0, 'YYYY-MM-DD'.length);
  return [
    { heading: 'CLUSTER', of: ({ metadata }) => metadata.cluster, least: 12 },
    { heading: 'TARGET', of: ({ metadata }) => `${metadata.namespace}/${metadata.name}`, least: 16 },
    { heading: 'ROUTE', of: ({ spec }) => spec.route ?? '', least: 8, leaves: 1 },
    { heading: 'STATE', of: ({ status }) => status.state, state: ({ status }) => status.state },
    { heading: 'REASON', of: ({ status }) => status.reason ?? '', least: 10, leaves: 4 },
    { heading: 'DELIVERED', of: (target) => deliveredText(target, now), leaves: 3 },
    { heading: 'AFTER', of: ({ status }) => delayText(status.delaySeconds), leaves: 2 },
    { heading: 'VERSION', of: (target) => versionText(target, vault), least: 16 },
    ...(isDated ? [{ heading: 'EXPIRES', of: expires, leaves: 5 }] : []),
  ];
}

function deliveredText({ status: { deliveredAt } }: SecretTarget, now: number): string {
  return deliveredAt === undefined ? '' : `${agoText(now - Date.parse(deliveredAt))} ago`;
}

/** From the making of the version to the last write of the Secret. */
function delayText(seconds: number | undefined): string {
  return seconds === undefined ? '' : agoText(seconds * 1000);
}

function versionText({ status: { version, created, isLatest } }: SecretTarget, vault: VaultView): string {
  if (version === undefined) return '';
  const age = created === undefined ? '' : ` of ${dateText(created)}`;
  if (isLatest === undefined) return vault.state === 'unknown' ? version + age : version;
  return isLatest ? `${version} (latest)` : `${version}${age} (not the latest)`;
}

/** Why it is not as it should be, since when, when it is tried again, and whose turn it is. */
function whyLines(io: Io, { metadata, status }: SecretTarget): string[] {
  if (status.state === 'synced') return [];
  const { cluster, namespace, name } = metadata;
  const { message = '', failingSince, nextRetry, turn } = status;
  const next = [
    ...(failingSince === undefined ? [] : [`failing since ${dateText(failingSince)}`]),
    ...(nextRetry === undefined ? [] : [`next try at ${dateText(nextRetry)}`]),
    ...(turn === 'nobody' ? [] : [`turn of: ${turn}`]),
  ];
  return [
    ...wrapped(io, `${cluster}/${namespace}/${name}: ${message}`, '  '),
    ...(next.length === 0 ? [] : wrapped(io, next.join('; '), '    ')),
  ];
}

/** What each key comes from, once for all clusters. */
function keyLines(targets: readonly SecretTarget[]): string[] {
  const lines = targets.flatMap(({ metadata: { namespace, name }, status: { keys } }) =>
    keys.map(({ key, sources }) => `${namespace}/${name}: ${key} <- ${sources.join(', ')}`),
  );
  return [...new Set(lines)];
}

function section(io: Io, title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', paint(io, 'bold', title), ...lines];
}
