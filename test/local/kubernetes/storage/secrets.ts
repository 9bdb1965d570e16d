import { randomUUID } from 'node:crypto';
import { admitted, dryRunOf, preconditionsOf } from './options.ts';
import type { Write } from './options.ts';
import { sameBut, withManagedFields } from './managed-fields.ts';
import { timestamp, without } from './objects.ts';
import type { ObjectMeta, Secret, SecretDraft } from './objects.ts';
import {
  alreadyExists,
  badRequest,
  conflict,
  forbidden,
  invalid,
  notFound,
  Refusal,
} from '../wire/status.ts';
import type { Status } from '../wire/status.ts';
import { keyOf, secretKey } from './store.ts';
import { secretCauses, updateCauses } from '../rules/validation.ts';

/** Writes of Secrets, step by step in the order of pkg/registry/generic/registry/store.go (k8s.io/apiserver v0.36). */

const subject = (name: string) => ({ resource: 'secrets', name });

function compose(draft: SecretDraft, system: ObjectMeta): Secret {
  const { labels, annotations, finalizers, ownerReferences, managedFields } = draft.metadata;
  const own = { labels, annotations, finalizers, ownerReferences, managedFields };
  const given = Object.entries(own).filter(([, value]) => value !== undefined);
  return {
    kind: 'Secret',
    apiVersion: 'v1',
    metadata: { ...system, ...(Object.fromEntries(given) as Partial<ObjectMeta>) },
    ...(draft.immutable === undefined ? {} : { immutable: draft.immutable }),
    ...(Object.keys(draft.data).length > 0 && { data: draft.data }),
    type: draft.type,
  };
}

function checkNamespaceField(draft: SecretDraft, namespace: string): void {
  if (draft.metadata.namespace && draft.metadata.namespace !== namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
}

/** New content needs a namespace that exists and is not on its way out. */
function checkNamespace({ store, namespace }: Write, name: string): void {
  const found = store.view().namespaces.get(namespace);
  if (!found) throw notFound({ resource: 'namespaces', name: namespace });
  if (found.status.phase === 'Active') return;
  throw forbidden(
    subject(name),
    `unable to create new content in namespace ${namespace} because it is being terminated`,
    [
      {
        reason: 'NamespaceTerminating',
        message: `namespace ${namespace} is being terminated`,
        field: 'metadata.namespace',
      },
    ],
  );
}

/** What was never stored has no version. */
function unversioned(secret: Secret): Secret {
  return { ...secret, metadata: without(secret.metadata, 'resourceVersion') as ObjectMeta };
}

export function createSecret(write: Write, draft: SecretDraft): Secret {
  const { store, namespace, writer } = write;
  const { name = '', resourceVersion } = draft.metadata;
  const dryRun = dryRunOf(write, 'CreateOptions');
  checkNamespaceField(draft, namespace);
  checkNamespace(write, name);
  const system = { name, namespace, uid: randomUUID(), resourceVersion: '', creationTimestamp: writer.time };
  const next = withManagedFields(compose(draft, system), undefined, writer);
  const causes = secretCauses(next);
  if (causes.length > 0) throw invalid({ kind: 'Secret' }, name, causes);
  admitted(write, { operation: 'CREATE', name, object: next, dryRun });
  // The storage layer's own error, which nobody translates: a 500 without a reason.
  if (resourceVersion && resourceVersion !== '0' && !dryRun)
    throw new Refusal(500, undefined, 'resourceVersion should not be set on objects to be created');
  const existing = store.view().secrets.get(secretKey(namespace, name));
  if (existing) throw alreadyExists(subject(name), existing.metadata.deletionTimestamp !== undefined);
  return dryRun ? unversioned(next) : store.putSecret(next);
}

function checkName(draft: SecretDraft, name: string): void {
  const { name: given } = draft.metadata;
  if (!given)
    throw badRequest(
      `the name of the object (${name} based on URL) was undeterminable: name must be provided`,
    );
  if (given !== name)
    throw badRequest(`the name of the object (${given}) does not match the name on the URL (${name})`);
}

const MODIFIED =
  'the object has been modified; please apply your changes to the latest version and try again';

/** No uid or no version, or version 0, means no condition. */
function checkConditions(draft: SecretDraft, live: Secret): void {
  const { uid, resourceVersion } = draft.metadata;
  const { name, uid: liveUid } = live.metadata;
  if (uid && uid !== liveUid)
    throw conflict(
      subject(name),
      `StorageError: invalid object, Code: 4, Key: /registry/secrets/${keyOf(live)}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${uid}, UID in object meta: ${liveUid}`,
    );
  if (!resourceVersion || Number(resourceVersion) === 0) return;
  if (!/^\d+$/.test(resourceVersion))
    throw new Refusal(500, undefined, `strconv.ParseUint: parsing "${resourceVersion}": invalid syntax`);
  if (resourceVersion !== live.metadata.resourceVersion) throw conflict(subject(name), MODIFIED);
}

/** System fields stay as they are, whatever the request says; only the time of a deletion cannot be set at all. */
function systemFields({ metadata }: Secret, draft: SecretDraft): ObjectMeta {
  const { deletionTimestamp } = draft.metadata;
  const system = without(metadata, 'labels', 'annotations', 'finalizers', 'ownerReferences', 'managedFields');
  return { ...(deletionTimestamp && { deletionTimestamp }), ...system };
}

export function updateSecret(write: Write, name: string, draft: SecretDraft): Secret {
  const { store, namespace, writer } = write;
  const dryRun = dryRunOf(write, 'UpdateOptions');
  checkNamespaceField(draft, namespace);
  checkName(draft, name);
  const live = store.view().secrets.get(secretKey(namespace, name));
  if (!live) throw notFound(subject(name));
  checkConditions(draft, live);
  const next = withManagedFields(compose(draft, systemFields(live, draft)), live, writer);
  const causes = updateCauses(next, live);
  if (causes.length > 0) throw invalid({ kind: 'Secret' }, name, causes);
  admitted(write, { operation: 'UPDATE', name, object: next, oldObject: live, dryRun });
  if (dryRun) return next;
  if (live.metadata.deletionTimestamp !== undefined && !next.metadata.finalizers?.length) {
    store.deleteSecret(keyOf(live));
    return next;
  }
  return sameBut(next, live) ? live : store.putSecret(next);
}

/** Unlike everywhere else, the conflict of a DELETE names the kind, not the resource. */
function checkPreconditions(write: Write, { metadata: { name, uid, resourceVersion } }: Secret): void {
  const given = preconditionsOf(write);
  const kind = { resource: 'Secret', name };
  if (given.uid !== undefined && given.uid !== uid)
    throw conflict(
      kind,
      `the UID in the precondition (${given.uid}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`,
    );
  if (given.resourceVersion !== undefined && given.resourceVersion !== resourceVersion)
    throw conflict(
      kind,
      `the ResourceVersion in the precondition (${given.resourceVersion}) does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`,
    );
}

function markDeleting(live: Secret, now: Date): Secret {
  const { deletionTimestamp = timestamp(now) } = live.metadata;
  return { ...live, metadata: { ...live.metadata, deletionTimestamp, deletionGracePeriodSeconds: 0 } };
}

/** The object while finalizers hold it, else a Status that says which one (uid) went. */
export function deleteSecret(write: Write, name: string): Secret | Status {
  const { store, namespace } = write;
  const dryRun = dryRunOf(write, 'DeleteOptions');
  const live = store.view().secrets.get(secretKey(namespace, name));
  if (!live) throw notFound(subject(name));
  checkPreconditions(write, live);
  admitted(write, { operation: 'DELETE', name, oldObject: live, dryRun });
  if (live.metadata.finalizers?.length) {
    const marked = markDeleting(live, write.now());
    if (dryRun) return marked;
    return sameBut(marked, live) ? live : store.putSecret(marked);
  }
  if (!dryRun) store.deleteSecret(keyOf(live));
  const details = { name, kind: 'secrets', uid: live.metadata.uid };
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details };
}
