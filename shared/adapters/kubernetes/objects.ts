import { VaultcastError } from '../../errors.ts';
import type { Namespace } from '../../route/consent.ts';
import type { LiveSecret, SecretManifest, SecretMetadata } from '../../target/secret.ts';
import { ACCEPT_ANNOTATION } from '../../route/accept.ts';

/*
 * Objects as an API server sent them, checked by hand: nothing is assumed of what came over the wire, and data keys such
 * as `__proto__`, which Kubernetes allows, stay keys.
 */
type Fields = Record<string, unknown>;

export function unusable(why: string): VaultcastError {
  return new VaultcastError('CLUSTER_FAILED', `unusable answer: ${why}`);
}

function fields(value: unknown, what: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unusable(`no ${what}`);
  return value as Fields;
}

function text(from: Fields, name: string): string {
  const value = from[name];
  if (typeof value !== 'string' || value === '') throw unusable(`no ${name}`);
  return value;
}

/** Names and marks of objects: rows and lines repeat them, so nothing else may pass for one. */
const SHAPES = {
  namespace: /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/,
  name: /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/,
  uid: /^[0-9A-Za-z-]{1,64}$/,
  resourceVersion: /^[0-9A-Za-z-]{1,64}$/,
  finalizer: /^[0-9A-Za-z](?:[-0-9A-Za-z._/]{0,315}[0-9A-Za-z])?$/,
} as const;

function shaped(value: string, shape: keyof typeof SHAPES): string {
  if (!SHAPES[shape].test(value)) throw unusable(`something that is no ${shape}`);
  return value;
}

/** A Go map of strings or bytes: absent when empty, and an empty byte slice may be null. */
function strings(from: Fields, name: string): Record<string, string> {
  const given = fields(from[name] ?? {}, name);
  if (Object.values(given).every((value) => typeof value === 'string'))
    return given as Record<string, string>;
  const entries = Object.entries(given).map(([key, value]) => {
    if (value !== null && typeof value !== 'string') throw unusable(`${name} has something that is no text`);
    return [key, value ?? ''] as const;
  });
  return Object.fromEntries(entries);
}

function list(from: Fields, name: string): unknown[] {
  const value = from[name] ?? [];
  if (!Array.isArray(value)) throw unusable(`${name} is no list`);
  return value;
}

export function readSummary(object: unknown): SecretMetadata {
  const metadata = fields(fields(object, 'object')['metadata'], 'metadata');
  return {
    namespace: shaped(text(metadata, 'namespace'), 'namespace'),
    name: shaped(text(metadata, 'name'), 'name'),
    uid: shaped(text(metadata, 'uid'), 'uid'),
    resourceVersion: shaped(text(metadata, 'resourceVersion'), 'resourceVersion'),
    labels: strings(metadata, 'labels'),
    annotations: strings(metadata, 'annotations'),
  };
}

/** The summary of exactly the Secret that was asked for. */
export function readAsked(object: unknown, asked: { namespace: string; name: string }): SecretMetadata {
  const summary = readSummary(object);
  if (summary.namespace !== asked.namespace || summary.name !== asked.name)
    throw unusable('it is about another object');
  return summary;
}

export function readSecret(
  object: unknown,
  asked: { cluster: string; namespace: string; name: string },
): LiveSecret {
  const summary = readAsked(object, asked);
  const secret = fields(object, 'object');
  const metadata = fields(secret['metadata'], 'metadata');
  return {
    ...summary,
    cluster: asked.cluster,
    type: text(secret, 'type'),
    immutable: secret['immutable'] === true,
    terminating: typeof metadata['deletionTimestamp'] === 'string',
    finalizers: list(metadata, 'finalizers').map((one) => shaped(String(one), 'finalizer')),
    ownerReferences: list(metadata, 'ownerReferences').map((owner) => fields(owner, 'owner')),
    data: strings(secret, 'data'),
  };
}

export function readNamespace(object: unknown): Namespace {
  const namespace = fields(object, 'object');
  const metadata = fields(namespace['metadata'], 'metadata');
  const annotations = strings(metadata, 'annotations');
  const phase = fields(namespace['status'] ?? {}, 'status')['phase'];
  return {
    name: shaped(text(metadata, 'name'), 'namespace'),
    accept: Object.hasOwn(annotations, ACCEPT_ANNOTATION) ? annotations[ACCEPT_ANNOTATION] : undefined,
    terminating: phase === 'Terminating' || typeof metadata['deletionTimestamp'] === 'string',
  };
}

/** A DELETE answers with a Status or, while finalizers hold the Secret, with the Secret itself. */
export function readRemoved(object: unknown, observed: LiveSecret): { uid: string; resourceVersion: string } {
  const answer = fields(object, 'object');
  const { uid, resourceVersion } = observed;
  if (answer['kind'] === 'Status') {
    const details = fields(answer['details'] ?? {}, 'details');
    if (answer['status'] !== 'Success') throw unusable('a deletion that is no success');
    if ((details['uid'] ?? uid) !== uid) throw unusable('it is about another object');
    return { uid, resourceVersion };
  }
  const held = readAsked(object, observed);
  if (held.uid !== uid) throw unusable('it is about another object');
  return held;
}

/** One page of a list; `next` is undefined on the last. */
export function readPage(object: unknown): { items: unknown[]; next: string | undefined } {
  const page = fields(object, 'object');
  // A list without `items` is no empty list: something else answered.
  if (!('items' in page)) throw unusable('no items');
  const next = fields(page['metadata'] ?? {}, 'metadata')['continue'] ?? '';
  if (typeof next !== 'string') throw unusable('the continue token is no text');
  return { items: list(page, 'items'), next: next === '' ? undefined : next };
}

/** The body of a write. What is empty or false is left out, as the API server would store it. */
export function toBody(
  secret: SecretManifest,
  observed?: { uid: string; resourceVersion: string },
): Record<string, unknown> {
  const { namespace, name, labels, annotations, finalizers, type, immutable, data } = secret;
  const conditions = observed && { uid: observed.uid, resourceVersion: observed.resourceVersion };
  const metadata = { namespace, name, ...conditions, labels, annotations, finalizers };
  return { apiVersion: 'v1', kind: 'Secret', metadata, type, ...(immutable && { immutable }), data };
}
