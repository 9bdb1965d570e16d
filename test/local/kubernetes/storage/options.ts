import { notRegistered, parseJson } from '../wire/json.ts';
import type { Namespace, Secret } from './objects.ts';
import { badRequest, denied, invalid } from '../wire/status.ts';
import type { Store } from './store.ts';
import type { Writer } from './managed-fields.ts';

/** What a ValidatingAdmissionPolicy sees of a write of a Secret. */
export interface AdmissionReview {
  operation: 'CREATE' | 'UPDATE' | 'DELETE';
  user: string;
  groups: string[];
  namespace: string;
  name: string;
  namespaceObject: Namespace | undefined;
  /** Absent on DELETE. */
  object?: Secret;
  /** Absent on CREATE. */
  oldObject?: Secret;
  dryRun: boolean;
}

/** A message refuses. */
export type Admit = (review: AdmissionReview) => string | undefined;

/** One write request, with everything that its steps need. */
export interface Write {
  store: Store;
  namespace: string;
  user: string;
  groups: string[];
  writer: Writer;
  now: () => Date;
  query: URLSearchParams;
  /** DeleteOptions; undefined: the DELETE had no body. */
  deleteOptions?: Record<string, unknown>;
  admit?: Admit;
}

/** The name of the policy and of its binding in refusals. */
const POLICY = 'vaultcast-consent';

export function admitted(
  write: Write,
  about: Pick<AdmissionReview, 'operation' | 'name' | 'object' | 'oldObject' | 'dryRun'>,
): void {
  const { namespace, user, groups, store } = write;
  const namespaceObject = store.view().namespaces.get(namespace);
  const refusal = write.admit?.({ ...about, user, groups, namespace, namespaceObject });
  if (refusal !== undefined) throw denied({ resource: 'secrets', name: about.name }, POLICY, refusal);
}

export function parseDeleteOptions(body: string): Record<string, unknown> | undefined {
  if (body === '') return undefined;
  const parsed = parseJson(body);
  if (parsed.object === undefined) throw badRequest(parsed.problem);
  const { kind = 'DeleteOptions', apiVersion = 'v1' } = parsed.object;
  if (kind !== 'DeleteOptions') throw badRequest(notRegistered(kind, apiVersion));
  return parsed.object;
}

/** A DELETE with a body reads every option from there and ignores the query: `?dryRun=All` then deletes. */
export function dryRunOf({ query, deleteOptions }: Write, kind: string): boolean {
  const given = deleteOptions ? deleteOptions['dryRun'] : query.getAll('dryRun');
  const values = Array.isArray(given) ? given.map(String) : [];
  if (values.every((value) => value === 'All')) return values.length > 0;
  const message = `Unsupported value: ${JSON.stringify(values)}: supported values: "All"`;
  throw invalid({ kind, group: 'meta.k8s.io' }, '', [
    { reason: 'FieldValueNotSupported', message, field: 'dryRun' },
  ]);
}

export function preconditionsOf({ deleteOptions }: Write): { uid?: string; resourceVersion?: string } {
  const given = deleteOptions?.['preconditions'];
  if (typeof given !== 'object' || given === null) return {};
  return Object.fromEntries(Object.entries(given).filter(([, value]) => typeof value === 'string'));
}
