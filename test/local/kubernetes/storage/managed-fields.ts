import { isDeepStrictEqual } from 'node:util';
import { without } from './objects.ts';
import type { ManagedFieldsEntry, Secret } from './objects.ts';

/**
 * Who wrote what, roughly: one entry per manager with the fields of its last change. The real server also moves
 * ownership between entries; what matters here is that entries exist, grow a Secret and never hold a value.
 */

export interface Writer {
  manager: string;
  /** RFC 3339. */
  time: string;
}

const fields = (keys: string[]) => Object.fromEntries(keys.map((key) => [`f:${key}`, {}]));

function changedKeys(next: Record<string, string> = {}, live: Record<string, string> = {}): string[] {
  return Object.keys(next)
    .filter((key) => next[key] !== live[key])
    .toSorted();
}

function changes(next: Secret, live: Secret | undefined): Record<string, unknown> {
  const data = changedKeys(next.data, live?.data);
  const labels = changedKeys(next.metadata.labels, live?.metadata.labels);
  const annotations = changedKeys(next.metadata.annotations, live?.metadata.annotations);
  const metadata = {
    ...(annotations.length > 0 && { 'f:annotations': fields(annotations) }),
    ...(labels.length > 0 && { 'f:labels': fields(labels) }),
  };
  return {
    ...(data.length > 0 && { 'f:data': fields(data) }),
    ...(Object.keys(metadata).length > 0 && { 'f:metadata': metadata }),
    ...(live?.type !== next.type && { 'f:type': {} }),
  };
}

/** A write that brings an empty list throws all entries away. */
export function withManagedFields(next: Secret, live: Secret | undefined, writer: Writer): Secret {
  if (next.metadata.managedFields?.length === 0)
    return { ...next, metadata: without(next.metadata, 'managedFields') };
  const known = next.metadata.managedFields ?? live?.metadata.managedFields ?? [];
  const fieldsV1 = changes(next, live);
  const entry: ManagedFieldsEntry = {
    manager: writer.manager,
    operation: 'Update',
    apiVersion: 'v1',
    time: writer.time,
    fieldsType: 'FieldsV1',
    fieldsV1,
  };
  const others = known.filter(({ manager }) => manager !== writer.manager);
  const managedFields = Object.keys(fieldsV1).length > 0 ? [...others, entry] : known;
  return { ...next, metadata: { ...next.metadata, ...(managedFields.length > 0 && { managedFields }) } };
}

/**
 * Whether a write changes nothing: the server then answers with what it has, under the old version. Throwing the
 * entries away is a change.
 */
export function sameBut(next: Secret, live: Secret): boolean {
  const bare = ({ metadata, ...rest }: Secret) => ({
    ...rest,
    metadata: { ...metadata, managedFields: metadata.managedFields === undefined, resourceVersion: '' },
  });
  return isDeepStrictEqual(bare(next), bare(live));
}
