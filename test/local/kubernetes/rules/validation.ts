import { isDeepStrictEqual } from 'node:util';
import { parseJson } from '../wire/json.ts';
import { bytes } from '../storage/objects.ts';
import type { ObjectMeta, Secret } from '../storage/objects.ts';
import type { Cause } from '../wire/status.ts';
import {
  dataKeyProblems,
  labelNameProblems,
  labelValueProblems,
  qualifiedNameProblems,
  subdomainProblems,
} from './syntax.ts';

/** Rules of pkg/apis/core/validation (ValidateSecret, ValidateSecretUpdate), v1.36. */

const MAX_DATA_BYTES = 1024 * 1024;
const MAX_ANNOTATION_BYTES = 256 * 1024;

const wrong = (field: string, value: string, why: string): Cause => ({
  reason: 'FieldValueInvalid',
  message: `Invalid value: ${JSON.stringify(value)}: ${why}`,
  field,
});
const missing = (field: string): Cause => ({
  reason: 'FieldValueRequired',
  message: 'Required value',
  field,
});
const barred = (field: string, why: string): Cause => ({
  reason: 'FieldValueForbidden',
  message: `Forbidden: ${why}`,
  field,
});
const tooLong = (field: string, limit: number): Cause => ({
  reason: 'FieldValueTooLong',
  message: `Too long: may not be more than ${limit} bytes`,
  field,
});

const each = (field: string, value: string, problems: string[]) =>
  problems.map((why) => wrong(field, value, why));

export const namespaceNameCauses = (name: string): Cause[] =>
  each('metadata.name', name, labelNameProblems(name));

function annotationCauses(annotations: Record<string, string>): Cause[] {
  const field = 'metadata.annotations';
  const total = Object.entries(annotations).reduce(
    (sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value),
    0,
  );
  return [
    ...Object.keys(annotations).flatMap((key) => each(field, key, qualifiedNameProblems(key.toLowerCase()))),
    ...(total > MAX_ANNOTATION_BYTES ? [tooLong(field, MAX_ANNOTATION_BYTES)] : []),
  ];
}

function labelCauses(labels: Record<string, string>): Cause[] {
  return Object.entries(labels).flatMap(([key, value]) => [
    ...each('metadata.labels', key, qualifiedNameProblems(key)),
    ...each('metadata.labels', value, labelValueProblems(value)),
  ]);
}

const STANDARD_FINALIZERS = ['kubernetes', 'orphan', 'foregroundDeletion'];

/** A finalizer has to have a domain, too. */
function finalizerNameCauses({ finalizers = [] }: ObjectMeta): Cause[] {
  const why = 'name is neither a standard finalizer name nor is it fully qualified';
  return finalizers.flatMap((finalizer, index) =>
    finalizer.includes('/') || STANDARD_FINALIZERS.includes(finalizer)
      ? []
      : [wrong(`metadata.finalizers[${index}]`, finalizer, why)],
  );
}

const nameless: Cause = {
  reason: 'FieldValueRequired',
  message: 'Required value: name or generateName is required',
  field: 'metadata.name',
};

function metadataCauses({ labels = {}, annotations = {}, finalizers = [] }: ObjectMeta): Cause[] {
  return [
    ...labelCauses(labels),
    ...annotationCauses(annotations),
    ...finalizers.flatMap((finalizer) =>
      each('metadata.finalizers', finalizer, qualifiedNameProblems(finalizer)),
    ),
  ];
}

/** What Go's decoder says about text that is no JSON object. */
function jsonProblem(text: string): string | undefined {
  const parsed = parseJson(text);
  if (parsed.object || text.trim() === 'null') return undefined;
  const [, why = ''] = parsed.problem.split('json parse error: ');
  return why.replace(/type struct$/, 'type map[string]interface {}');
}

function dockerConfigCauses(key: string, data: Record<string, string>): Cause[] {
  const value = data[key];
  if (value === undefined) return [missing(`data[${key}]`)];
  const problem = jsonProblem(bytes(value).toString('utf8'));
  return problem === undefined ? [] : [wrong(`data[${key}]`, '<secret contents redacted>', problem)];
}

const requireKeys = (data: Record<string, string>, keys: string[]) =>
  keys.filter((key) => data[key] === undefined).map((key) => missing(`data[${key}]`));

type TypeRule = (data: Record<string, string>, metadata: ObjectMeta) => Cause[];

const TYPE_RULES: Readonly<Record<string, TypeRule>> = {
  'kubernetes.io/tls': (data) => requireKeys(data, ['tls.crt', 'tls.key']),
  'kubernetes.io/dockerconfigjson': (data) => dockerConfigCauses('.dockerconfigjson', data),
  'kubernetes.io/dockercfg': (data) => dockerConfigCauses('.dockercfg', data),
  // One of the two is enough, and may be empty.
  'kubernetes.io/basic-auth': (data) => {
    const causes = requireKeys(data, ['username', 'password']);
    return causes.length === 2 ? causes : [];
  },
  'kubernetes.io/ssh-auth': ({ 'ssh-privatekey': key }) => (key ? [] : [missing('data[ssh-privatekey]')]),
  'kubernetes.io/service-account-token': (_, { annotations = {} }) =>
    annotations['kubernetes.io/service-account.name']
      ? []
      : [missing('metadata.annotations[kubernetes.io/service-account.name]')],
};

/** Why a new Secret is refused; empty: it is not. */
export function secretCauses({ metadata, data = {}, type }: Secret): Cause[] {
  const total = Object.values(data).reduce((sum, value) => sum + bytes(value).length, 0);
  const { name } = metadata;
  return [
    ...(name === '' ? [nameless] : each('metadata.name', name, subdomainProblems(name))),
    ...metadataCauses(metadata),
    ...finalizerNameCauses(metadata),
    ...Object.keys(data).flatMap((key) => each(`data[${key}]`, key, dataKeyProblems(key))),
    ...(total > MAX_DATA_BYTES ? [tooLong('data', MAX_DATA_BYTES)] : []),
    ...(Object.hasOwn(TYPE_RULES, type) ? (TYPE_RULES[type]?.(data, metadata) ?? []) : []),
  ];
}

function immutableCauses(next: Secret, live: Secret): Cause[] {
  if (!live.immutable) return [];
  const why = 'field is immutable when `immutable` is set';
  return [
    ...(next.immutable ? [] : [barred('immutable', why)]),
    ...(isDeepStrictEqual(next.data ?? {}, live.data ?? {}) ? [] : [barred('data', why)]),
  ];
}

function addedFinalizerCauses({ metadata: next }: Secret, { metadata: live }: Secret): Cause[] {
  const added = (next.finalizers ?? []).filter((finalizer) => !live.finalizers?.includes(finalizer));
  if (live.deletionTimestamp === undefined || added.length === 0) return [];
  const list = added.toSorted().map((finalizer) => JSON.stringify(finalizer));
  const why = 'no new finalizers can be added if the object is being deleted, found new finalizers';
  return [barred('metadata.finalizers', `${why} []string{${list.join(', ')}}`)];
}

function metadataUpdateCauses(next: Secret, live: Secret): Cause[] {
  const { labels = {}, annotations = {}, deletionTimestamp } = next.metadata;
  const moved = deletionTimestamp !== undefined && deletionTimestamp !== live.metadata.deletionTimestamp;
  return [
    ...addedFinalizerCauses(next, live),
    ...(moved ? [wrong('metadata.deletionTimestamp', deletionTimestamp, 'field is immutable')] : []),
    ...labelCauses(labels),
    ...annotationCauses(annotations),
  ];
}

/** Why the update of a Secret is refused; the server looks at metadata several times and says so as often. */
export function updateCauses(next: Secret, live: Secret): Cause[] {
  return [
    ...metadataCauses(next.metadata),
    ...metadataUpdateCauses(next, live),
    ...metadataUpdateCauses(next, live),
    ...finalizerNameCauses(next.metadata),
    ...(next.type === live.type ? [] : [wrong('type', next.type, 'field is immutable')]),
    ...immutableCauses(next, live),
    ...secretCauses(next),
  ];
}
