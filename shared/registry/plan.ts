import type { BadRow, RegistryDocument } from './document.ts';
import { changesBetween } from './diff.ts';
import { isBad, partitionOf, type Stored } from './row.ts';

/** A row as it stands in the registry. A bad row can be replaced and deleted like any other. */
export interface Existing {
  kind: RegistryDocument['kind'];
  name: string;
  partition: string;
  etag: string;
  row: Stored | BadRow;
  /** Who wrote it, and the set it belongs to, as claimed. */
  applied: NonNullable<Stored['applied']>;
}

type Action =
  | { do: 'create'; wanted: Stored }
  | { do: 'update'; wanted: Stored; existing: Existing; changes: ReturnType<typeof changesBetween> }
  | { do: 'unchanged'; existing: Existing }
  | { do: 'delete'; existing: Existing; reason: string };

export interface RegistryPlan {
  /** In the order in which they must be done. */
  actions: Action[];
  before: RegistryDocument[];
  after: RegistryDocument[];
}

const isOf =
  (document: RegistryDocument) =>
  (existing: Existing): boolean =>
    existing.kind === document.kind && existing.name === document.metadata.name;

/** `set`: the set that the files are, if any; a document that is in no set yet is taken into it. */
function put(wanted: Stored, existing: Existing | undefined, set: string | undefined): Action {
  if (existing === undefined) return { do: 'create', wanted };
  if (isBad(existing.row)) {
    const changes = [{ field: 'the row', from: `invalid: ${existing.row.message}`, to: 'valid' }];
    return { do: 'update', wanted, existing, changes };
  }
  const changes = [
    ...changesBetween(existing.row.document, wanted.document),
    ...setChange(existing.applied.set, set),
  ];
  return changes.length === 0 ? { do: 'unchanged', existing } : { do: 'update', wanted, existing, changes };
}

function setChange(from: string | undefined, to: string | undefined) {
  return to === undefined || from === to
    ? []
    : [{ field: 'set', ...(from === undefined ? {} : { from }), to }];
}

/** A route that changes its vault changes its partition: the old row goes, a new one comes. */
function actionsFor(wanted: Stored, existing: readonly Existing[], set: string | undefined): Action[] {
  const partition = partitionOf(wanted.document);
  const same = existing.filter(isOf(wanted.document));
  const elsewhere = same.filter((row) => row.partition !== partition);
  const reason = `stands in vault ${partition} now`;
  return [
    ...elsewhere.map((row): Action => ({ do: 'delete', existing: row, reason })),
    put(
      wanted,
      same.find((row) => row.partition === partition),
      set,
    ),
  ];
}

/** Which row an action is about. */
export function rowOf(action: Action): Pick<Existing, 'kind' | 'name'> {
  if ('existing' in action) return { kind: action.existing.kind, name: action.existing.name };
  const { kind, metadata } = action.wanted.document;
  return { kind, name: metadata.name };
}

function rank(action: Action): number {
  const { kind } = rowOf(action);
  if (action.do === 'delete') return kind === 'Route' ? 2 : 3;
  return kind === 'Cluster' ? 0 : 1;
}

/** Clusters come before the routes that select them and go after them; a moved route goes before it comes. */
function ordered(actions: readonly Action[], moves: ReadonlySet<Action>): Action[] {
  return actions.toSorted((a, b) => (moves.has(a) ? 0.5 : rank(a)) - (moves.has(b) ? 0.5 : rank(b)));
}

const documentOf = ({ row }: Existing): RegistryDocument[] => (isBad(row) ? [] : [row.document]);

function planOf(actions: Action[], existing: readonly Existing[]): RegistryPlan {
  const gone = new Set(actions.flatMap((action) => ('existing' in action ? [action.existing] : [])));
  const kept = existing.filter((row) => !gone.has(row)).flatMap(documentOf);
  const put = actions.flatMap((action) => {
    if (action.do === 'delete') return [];
    return action.do === 'unchanged' ? documentOf(action.existing) : [action.wanted.document];
  });
  return { actions, before: existing.flatMap(documentOf), after: [...kept, ...put] };
}

/**
 * What `apply` has to do so that the registry says what the files say. With `prune` rows of their set go that the files do
 * not name any more; those of other sets, and of none, stay.
 */
export function planApply(
  wanted: readonly Stored[],
  existing: readonly Existing[],
  { prune, set }: { prune: boolean; set?: string | undefined },
): RegistryPlan {
  const actions = wanted.flatMap((document) => actionsFor(document, existing, set));
  const moves = new Set(actions.filter((action) => action.do === 'delete'));
  const named = new Set(actions.flatMap((action) => ('existing' in action ? [action.existing] : [])));
  const isOfSet = (row: Existing): boolean => set !== undefined && row.applied.set === set;
  const rest = prune ? existing.filter((row) => !named.has(row) && isOfSet(row)) : [];
  const reason = `is not in the files of set ${set} any more`;
  const pruned = rest.map((row): Action => ({ do: 'delete', existing: row, reason }));
  return planOf(ordered([...actions, ...pruned], moves), existing);
}

export function planDelete(doomed: readonly Existing[], existing: readonly Existing[]): RegistryPlan {
  const actions = doomed.map((row): Action => ({ do: 'delete', existing: row, reason: 'was asked for' }));
  return planOf(ordered(actions, new Set()), existing);
}

export function isChange(action: Action): boolean {
  return action.do !== 'unchanged';
}
