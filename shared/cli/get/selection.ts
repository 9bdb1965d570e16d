import type { Route } from '../../registry/document.ts';
import { sourcesAmong } from '../../route/targets.ts';
import { parseProvenance } from '../../source/provenance.ts';
import { subjectOf } from '../../status/problem.ts';
import { NO_CLUSTER, refOf } from '../../status/target.ts';
import type { TargetStatus } from '../../status/target.ts';
import type { RegistryOptions } from '../connect/flags.ts';
import { secretWord } from '../terminal/words.ts';

/** What `vaultcast get` is asked for. */
export interface GetOptions extends RegistryOptions {
  output: 'table' | 'wide' | 'json' | 'yaml';
  cluster?: string[];
  namespace?: string;
  state?: string;
  route?: string;
  secret?: string;
}

/** The rows that are wanted, sorted; `names` are `NAME` or `NAMESPACE/NAME`, none of them means all. */
export function selectRows(
  rows: readonly TargetStatus[],
  names: readonly string[],
  { namespace, state, route, secret }: GetOptions,
  routes: readonly Route[],
): TargetStatus[] {
  return rows
    .filter((row) => namespace === undefined || refOf(row).namespace === namespace)
    .filter((row) => state === undefined || row.state === state)
    .filter((row) => route === undefined || row.route === route)
    .filter((row) => secret === undefined || feeds(secret, row, routes))
    .filter((row) => names.length === 0 || isNamed(row, names))
    .toSorted((a, b) => (`${a.cluster} ${a.id}` < `${b.cluster} ${b.id}` ? -1 : 1));
}

/** Whether the secret is recorded of the row, or would be taken by its route: what was refused has no sources recorded. */
function feeds(word: string, row: TargetStatus, routes: readonly Route[]): boolean {
  const { vault, name } = secretWord(word);
  const isVault = (known: string): boolean => vault === undefined || known === vault;
  const recorded = parseProvenance(row.sources);
  if (recorded.sources.has(name) && isVault(recorded.vault)) return true;
  const { kind, about, rest } = subjectOf(row.id);
  if (row.cluster === NO_CLUSTER) return kind === 'secret' && rest === name && isVault(about);
  const route = routes.find(({ metadata }) => metadata.name === row.route);
  return (
    route !== undefined && isVault(route.spec.vault) && sourcesAmong(route, refOf(row), [name]).length > 0
  );
}

function isNamed(row: TargetStatus, names: readonly string[]): boolean {
  const target = targetText(row);
  return names.some((name) => target === name || target.endsWith(`/${name}`));
}

/** `app-1/pg`; problems without a target say what they are about: `secret team/app-1--pg--password`. */
export function targetText(row: TargetStatus): string {
  const { namespace, name } = refOf(row);
  if (row.cluster === NO_CLUSTER) return `${namespace} ${name.replaceAll(':', '/')}`.trim();
  return name === '' ? namespace : `${namespace}/${name}`;
}
