import type { SecretRef } from '../../names.ts';
import { agoText, harmless, tableText } from '../terminal/text.ts';
import type { Reason } from './routing.ts';
import type { ExplainedTarget } from './targets.ts';
import type { VaultView } from './vault.ts';

export interface Explanation {
  secret: SecretRef;
  vault: VaultView;
  targets: ExplainedTarget[];
  /** Why it goes nowhere, or not everywhere. */
  reasons: Reason[];
}

/** For people; messages of rows may hold anything. */
export function explanationText(explanation: Explanation): string {
  const { secret, vault, targets, reasons } = explanation;
  const heading = ['CLUSTER', 'TARGET', 'ROUTE', 'STATE', 'CODE', 'SINCE', 'VERSION'];
  const table = tableText([heading, ...targets.map((target) => targetRow(target, vault))], 80);
  const wrong = targets
    .filter(({ state }) => state !== 'synced')
    .map(({ cluster, namespace, name, message }) => `  ${cluster}/${namespace}/${name}: ${message}`);
  return [
    `Secret ${secret.vault}/${secret.name}`,
    vaultText(vault),
    ...(targets.length === 0 ? [] : ['', table]),
    ...section('What is wrong', [...wrong, ...reasons.map(({ text }) => `  ${text}`)].map(harmless)),
    ...section('Keys', keyLines(targets).map(harmless)),
  ].join('\n');
}

function vaultText(view: VaultView): string {
  if ('unknown' in view) return `In the vault: not known (${view.unknown})`;
  const { state, version, created, notBefore, expires } = view;
  const dates = [
    `created ${dateText(created)}`,
    ...(notBefore === undefined ? [] : [`not before ${dateText(notBefore)}`]),
    ...(expires === undefined ? [] : [`expires ${dateText(expires)}`]),
  ];
  return `In the vault: ${state}, latest version ${version}, ${dates.join(', ')}`;
}

function targetRow(target: ExplainedTarget, view: VaultView): string[] {
  const { cluster, namespace, name, route, state, code, since } = target;
  const ago = since === 0 ? '' : agoText(Date.now() - since);
  return [cluster, `${namespace}/${name}`, route, state, code, ago, versionText(target, view)].map(harmless);
}

function versionText({ version, created }: ExplainedTarget, view: VaultView): string {
  if (version === undefined) return '';
  const age = created === undefined ? '' : ` of ${dateText(created)}`;
  if ('unknown' in view) return version + age;
  return version === view.version ? `${version} (latest)` : `${version}${age} (not the latest)`;
}

/** What each key comes from, once for all clusters. */
function keyLines(targets: readonly ExplainedTarget[]): string[] {
  const lines = targets.flatMap(({ namespace, name, keys }) =>
    keys.map(({ key, sources }) => `  ${namespace}/${name}: ${key} <- ${sources.join(', ')}`),
  );
  return [...new Set(lines)];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines];
}

function dateText(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}
