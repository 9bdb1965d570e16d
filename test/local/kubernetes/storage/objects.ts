/** Shapes of Kubernetes' core/v1 and meta/v1 as far as the stand-in keeps them. */

export interface ManagedFieldsEntry {
  manager: string;
  operation: string;
  apiVersion: string;
  time: string;
  fieldsType: string;
  fieldsV1: Record<string, unknown>;
}

export interface ObjectMeta {
  name: string;
  namespace?: string;
  uid: string;
  resourceVersion: string;
  /** RFC 3339 in whole seconds, like every time in the API. */
  creationTimestamp: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: unknown[];
  finalizers?: string[];
  managedFields?: ManagedFieldsEntry[];
}

export interface Secret {
  kind: 'Secret';
  apiVersion: 'v1';
  metadata: ObjectMeta;
  immutable?: boolean;
  /** Base64 by key; absent when there is none. */
  data?: Record<string, string>;
  type: string;
}

export interface Namespace {
  kind: 'Namespace';
  apiVersion: 'v1';
  metadata: ObjectMeta;
  spec: { finalizers: string[] };
  status: { phase: 'Active' | 'Terminating' };
}

/** A Secret as somebody sends it: system fields may be missing, `stringData` is merged already. */
export interface SecretDraft {
  metadata: Partial<ObjectMeta>;
  immutable?: boolean;
  data: Record<string, string>;
  type: string;
}

/** What people write: as in a manifest. */
export interface SecretManifest {
  metadata: Partial<ObjectMeta> & { name: string };
  immutable?: boolean;
  data?: Record<string, string>;
  stringData?: Record<string, string>;
  type?: string;
}

export const bytes = (base64: string): Buffer => Buffer.from(base64, 'base64');

/** The API writes times without fractions of a second. */
export const timestamp = (at: Date): string => at.toISOString().replace(/\.\d+Z$/, 'Z');

export function without<Item extends object, Key extends string & keyof Item>(
  item: Item,
  ...keys: Key[]
): Omit<Item, Key> {
  const rest = Object.entries(item).filter(([key]) => !keys.some((left) => left === key));
  return Object.fromEntries(rest) as Omit<Item, Key>;
}
