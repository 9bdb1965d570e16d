import type { Route } from '../registry/document.ts';
import { sourcesAmong } from '../route/targets.ts';
import { parseProvenance } from '../source/provenance.ts';
import { NO_CLUSTER, refOf, type TargetStatus } from '../status/target.ts';
import { secretsOf, targetText } from './problem.ts';
import type { Output } from './json-schema.ts';

/** What somebody wants to see; an absent field means all. */
export interface Selection {
  clusters?: readonly string[] | undefined;
  namespace?: string | undefined;
  route?: string | undefined;
  state?: string | undefined;
  /** Alias. */
  vault?: string | undefined;
  secret?: { vault: string | undefined; name: string } | undefined;
  /** `NAME` or `NAMESPACE/NAME` of targets. */
  names?: readonly string[];
}

/** What is asked for, and what is known: `exact` where something unknown does not fit. */
type Question = readonly [asked: string | undefined, known: string | undefined];

const isExact = ([asked, known]: Question): boolean => asked === undefined || asked === known;
/** What does not name it may well concern it. */
const isOpen = ([asked, known]: Question): boolean => known === undefined || isExact([asked, known]);

/** The targets that are selected, sorted by place; problems without a target are none. */
export function selectedTargets(
  rows: readonly TargetStatus[],
  selection: Selection,
  routes: readonly Route[],
): TargetStatus[] {
  const byName = new Map(routes.map((route) => [route.metadata.name, route]));
  return rows
    .filter((row) => row.cluster !== NO_CLUSTER && isSelected(row, selection, byName.get(row.route)))
    .map((row) => ({ row, place: `${row.cluster} ${row.id}` }))
    .toSorted((a, b) => (a.place < b.place ? -1 : 1))
    .map(({ row }) => row);
}

function isSelected(row: TargetStatus, asked: Selection, route: Route | undefined): boolean {
  const { clusters, secret } = asked;
  const vault = isVaultAsked(asked) ? vaultOf(row, route) : undefined;
  const questions: Question[] = [
    [asked.namespace, refOf(row).namespace],
    [asked.state, row.state],
    [asked.route, row.route],
    [asked.vault, vault],
    [secret?.vault, vault],
  ];
  return (
    (clusters?.includes(row.cluster) ?? true) &&
    questions.every(isExact) &&
    (secret === undefined || feeds(secret.name, row, route)) &&
    isNamed(row, asked.names)
  );
}

/** It is found in a text, which costs something with a hundred thousand rows. */
function isVaultAsked({ vault, secret }: Selection): boolean {
  return vault !== undefined || secret?.vault !== undefined;
}

function vaultOf({ sources }: TargetStatus, route: Route | undefined): string | undefined {
  return parseProvenance(sources).vault || route?.spec.vault;
}

/** Whether the secret is recorded of the row, or would be taken by its route: what was refused has no sources recorded. */
function feeds(name: string, row: TargetStatus, route: Route | undefined): boolean {
  if (secretsOf(row).has(name)) return true;
  return route !== undefined && sourcesAmong(route, refOf(row), [name]).length > 0;
}

function isNamed(row: TargetStatus, names: readonly string[] = []): boolean {
  const target = targetText(row);
  return names.length === 0 || names.some((name) => target === name || target.endsWith(`/${name}`));
}

/**
 * Whether a problem without a target is selected. What is wrong with a whole cluster, a vault or the app concerns each
 * target below it: a filter by something that the problem does not name leaves it in, so that none is ever hidden.
 */
export function isProblemSelected({ metadata, spec, status }: Output<'Problem'>, asked: Selection): boolean {
  const { clusters, secret, names = [] } = asked;
  const questions: Question[] = [
    [asked.namespace, spec.namespace],
    [asked.route, spec.route],
    [asked.vault, spec.vault],
    [secret?.vault, spec.vault],
    [secret?.name, spec.secret],
    [asked.state, status.state],
  ];
  const isThere = spec.cluster === undefined || (clusters?.includes(spec.cluster) ?? true);
  return isThere && questions.every(isOpen) && (names.length === 0 || names.includes(metadata.name));
}
