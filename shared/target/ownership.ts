import { targetId, type TargetRef } from '../names.ts';
import type { SecretMetadata } from './secret.ts';
import { type Delivered, parseProvenance } from '../source/provenance.ts';

export const MANAGED_BY_LABEL = 'app.kubernetes.io/managed-by';
export const MANAGED_BY = 'vaultcast';
export const INSTANCE_LABEL = 'vaultcast.dev/instance';
export const TARGET_ANNOTATION = 'vaultcast.dev/target';
export const ROUTE_ANNOTATION = 'vaultcast.dev/route';
export const SOURCES_ANNOTATION = 'vaultcast.dev/sources';

/** The labels and annotations that make a Secret ours. */
export function ownershipOf(target: TargetRef, instance: string, route: string, sources: string) {
  return {
    labels: { [MANAGED_BY_LABEL]: MANAGED_BY, [INSTANCE_LABEL]: instance },
    annotations: {
      [TARGET_ANNOTATION]: targetId(target),
      [ROUTE_ANNOTATION]: route,
      [SOURCES_ANNOTATION]: sources,
    },
  };
}

/** The same with no labels and annotations but those that make a Secret ours. */
export function withOwnMarks(secret: SecretMetadata): SecretMetadata {
  const { labels, annotations } = secret;
  return { ...secret, labels: only(OWN_LABELS, labels), annotations: only(OWN_ANNOTATIONS, annotations) };
}

const OWN_LABELS = [MANAGED_BY_LABEL, INSTANCE_LABEL];
const OWN_ANNOTATIONS = [TARGET_ANNOTATION, ROUTE_ANNOTATION, SOURCES_ANNOTATION];

function only(names: readonly string[], marks: SecretMetadata['labels']): SecretMetadata['labels'] {
  const own: Record<string, string> = {};
  for (const name of names) {
    const value = Object.hasOwn(marks, name) ? marks[name] : undefined;
    if (value !== undefined) own[name] = value;
  }
  return own;
}

/** Why a live Secret is not ours, or undefined when it is. A copy that a mirroring tool made names another target. */
export function notOurs(secret: SecretMetadata, target: TargetRef, instance: string): string | undefined {
  const manager = secret.labels[MANAGED_BY_LABEL];
  if (manager !== MANAGED_BY) return `it is ${foreignManager(manager)}`;
  const other = secret.labels[INSTANCE_LABEL];
  if (other !== instance) return `it is managed by instance ${other ?? '(none)'}`;
  const recorded = secret.annotations[TARGET_ANNOTATION];
  if (recorded !== targetId(target))
    return `its annotation ${TARGET_ANNOTATION} names ${recorded ?? 'nothing'}`;
  return undefined;
}

/** As https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/ lets a value be: nothing else is repeated. */
const LABEL_VALUE = /^[0-9A-Za-z](?:[-0-9A-Za-z._]{0,61}[0-9A-Za-z])?$/;

function foreignManager(manager = ''): string {
  return LABEL_VALUE.test(manager) ? `managed by ${manager}, not by vaultcast` : 'not managed by vaultcast';
}

export function recordedRoute(secret: SecretMetadata): string | undefined {
  return secret.annotations[ROUTE_ANNOTATION];
}

/**
 * The route that made a Secret, by vault and name (route/owner.ts). Its vault is that of the recorded sources; where those
 * were taken off by hand, `vault` stands in.
 */
export function recordedOwner(secret: SecretMetadata, vault: string): string | undefined {
  const route = recordedRoute(secret);
  const recorded = parseProvenance(secret.annotations[SOURCES_ANNOTATION]).vault;
  return route === undefined ? undefined : `${recorded === '' ? vault : recorded}/${route}`;
}

/**
 * What is recorded of secrets of this vault on a live Secret, by name. A route that moved to another vault finds nothing:
 * secrets of one name in two vaults are two secrets.
 */
export function recordedSources(
  secret: Pick<SecretMetadata, 'annotations'> | undefined,
  vault: string,
): ReadonlyMap<string, Delivered> {
  const recorded = parseProvenance(secret?.annotations[SOURCES_ANNOTATION]);
  return recorded.vault === vault ? recorded.sources : new Map();
}
