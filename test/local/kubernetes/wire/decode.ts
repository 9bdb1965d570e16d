import { illegalBase64 } from './base64.ts';
import { isObject, kindOf, notRegistered, parseObject } from './json.ts';
import type { Json } from './json.ts';
import type { ManagedFieldsEntry, ObjectMeta, SecretDraft } from '../storage/objects.ts';
import { badRequest } from './status.ts';

const cannotHandle = (why: string, kind: unknown = 'Secret', version: unknown = 'v1') =>
  badRequest(`${String(kind)} in version "${String(version)}" cannot be handled as a Secret: ${why}`);

const mistyped = (value: unknown, field: string, type: string) =>
  cannotHandle(`json: cannot unmarshal ${kindOf(value)} into Go struct field ${field} of type ${type}`);

function stringMap(value: unknown, field: string, type: string): Record<string, string> {
  if (value === undefined || value === null) return {};
  if (!isObject(value)) throw mistyped(value, field, `map[string]${type}`);
  const entries = Object.entries(value).map(([key, item]): [string, string] => {
    if (item !== null && typeof item !== 'string') throw mistyped(item, field, type);
    return [key, item ?? ''];
  });
  return Object.fromEntries(entries);
}

function dataMap(value: unknown): Record<string, string> {
  const entries = Object.entries(stringMap(value, 'Secret.data', '[]uint8')).map(([key, text]) => {
    const at = illegalBase64(text);
    if (at !== undefined) throw cannotHandle(`illegal base64 data at input byte ${at}`);
    return [key, Buffer.from(text, 'base64').toString('base64')] as const;
  });
  return Object.fromEntries(entries);
}

function mergedData({ data, stringData }: Json): Record<string, string> {
  const plain = Object.entries(stringMap(stringData, 'Secret.stringData', 'string')).map(
    ([key, text]) => [key, Buffer.from(text, 'utf8').toString('base64')] as const,
  );
  return { ...dataMap(data), ...Object.fromEntries(plain) };
}

function textField(value: unknown, field: string, type = 'string'): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') throw mistyped(value, field, type);
  return value;
}

function list(value: unknown, field: string, type: string): unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw mistyped(value, `ObjectMeta.metadata.${field}`, `[]${type}`);
  return value;
}

/** Maps and lists that are empty are left out, as the API server stores them. */
function metadataOf(given: unknown): Partial<ObjectMeta> {
  const value = given ?? {};
  if (!isObject(value)) throw mistyped(value, 'Secret.metadata', 'v1.ObjectMeta');
  const { labels, annotations, finalizers, ownerReferences, managedFields } = value;
  const texts = ['name', 'namespace', 'uid', 'resourceVersion', 'deletionTimestamp'].map((field) => [
    field,
    textField(value[field], `ObjectMeta.metadata.${field}`),
  ]);
  const parts = {
    ...(Object.fromEntries(texts) as Json),
    labels: stringMap(labels, 'ObjectMeta.metadata.labels', 'string'),
    annotations: stringMap(annotations, 'ObjectMeta.metadata.annotations', 'string'),
    finalizers: list(finalizers, 'finalizers', 'string'),
    ownerReferences: list(ownerReferences, 'ownerReferences', 'v1.OwnerReference'),
  };
  const filled = Object.entries(parts).filter(([, part]) => Object.keys(Object(part)).length > 0);
  return {
    ...(Object.fromEntries(filled) as Partial<ObjectMeta>),
    // An empty list is not the same as none here: it resets them.
    ...(managedFields !== undefined && {
      managedFields: list(managedFields, 'managedFields', 'v1.ManagedFieldsEntry') as ManagedFieldsEntry[],
    }),
  };
}

function checkKind({ kind = 'Secret', apiVersion = 'v1' }: Json): void {
  if (apiVersion !== 'v1' || kind !== 'Secret')
    throw cannotHandle(notRegistered(kind, apiVersion), kind, apiVersion);
}

function flag(value: unknown): { immutable?: boolean } {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'boolean') throw mistyped(value, 'Secret.immutable', 'bool');
  return { immutable: value };
}

/** Unknown fields are dropped, as the API server does when the request does not ask for strictness. */
export function decodeSecret(body: string): SecretDraft {
  const value = parseObject(body, 'Secret');
  checkKind(value);
  const { metadata, type, immutable } = value;
  return {
    metadata: metadataOf(metadata),
    data: mergedData(value),
    type: textField(type, 'Secret.type', 'v1.SecretType') || 'Opaque',
    ...flag(immutable),
  };
}
