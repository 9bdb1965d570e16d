import type { Code } from '../errors.ts';
import type { Route } from '../registry/document.ts';
import { settledState } from '../status/rest.ts';
import type { ClusterSnapshot } from './snapshot.ts';

/** By which code a run counts a target that it leaves as it is: what keeps it from being looked at, or what is known of it. */
export function untouchedCode(id: string, { spec }: Route, { rows, failures }: ClusterSnapshot): Code {
  if (spec.paused) return 'PAUSED';
  const failure = failures.get(spec.vault);
  if (failure !== undefined) return failure.code;
  const row = rows.get(id);
  if (row === undefined) return 'UNCHANGED';
  const { state, code } = row.state === 'paused' ? settledState(row) : row;
  return state === 'synced' ? 'UNCHANGED' : code;
}

/** The same of targets that only earlier runs know: what else would feed one is not known, for its vault was not listed. */
export function unseenCodes(
  { routes, rows, failures }: ClusterSnapshot,
  isWanted: (id: string) => boolean,
  scope: string | undefined,
): Code[] {
  const codes = new Map<string, Code>();
  for (const { metadata, spec } of routes) {
    const failure = failures.get(spec.vault);
    const isInScope = scope === undefined || scope === metadata.name;
    if (failure !== undefined && isInScope) codes.set(metadata.name, failure.code);
  }
  return [...rows.values()].flatMap((row) => (isWanted(row.id) ? [] : (codes.get(row.route) ?? [])));
}
