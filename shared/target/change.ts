import type { Code } from '../errors.ts';
import type { TargetRef } from '../names.ts';
import type { Route } from '../registry/document.ts';
import type { Rendering } from '../render/render.ts';
import { assertKeys } from '../render/secret-type.ts';
import { type Delivered, formatProvenance } from '../source/provenance.ts';
import { ownershipOf, recordedSources, SOURCES_ANNOTATION } from './ownership.ts';
import { isReplaceable, type LiveSecret, type SecretManifest } from './secret.ts';

/** The next write of a target. */
export type Change =
  | { action: 'none'; secret: LiveSecret }
  | { action: 'create'; manifest: SecretManifest }
  | { action: 'update'; manifest: SecretManifest; secret: LiveSecret }
  /** The type differs or the live Secret is immutable: it is deleted and created again. */
  | { action: 'replace'; manifest: SecretManifest; secret: LiveSecret }
  | { action: 'delete'; secret: LiveSecret }
  /** Nothing may be written now, for this reason. */
  | { action: 'blocked'; code: Code; message: string };

/** Whose Secret a rendering becomes. */
interface Owner {
  ref: TargetRef;
  route: Route;
  instance: string;
}

/**
 * Compares what should be with what was observed. Equal means no write: the resourceVersion stays. A leftover is no reason
 * to write, but what is written has none: `rest` is what was observed without it.
 */
export function diff(owner: Owner, rendering: Rendering, live: LiveSecret | undefined, rest = live): Change {
  const isEmpty = Object.keys(rendering.data).length === 0;
  if (live === undefined)
    return isEmpty
      ? nothingToCreate(rendering)
      : { action: 'create', manifest: manifestOf(owner, rendering, undefined, NOTHING) };
  if (isEmpty && rendering.removed.length > 0) return { action: 'delete', secret: live };
  return compared(owner, rendering, live, rest ?? live);
}

function compared(owner: Owner, rendering: Rendering, live: LiveSecret, rest: LiveSecret): Change {
  const isUpdate = isReplaceable(live, owner.route.spec.type);
  const foreign = isUpdate ? live : { ...NOTHING, finalizers: live.finalizers };
  const manifest = manifestOf(owner, rendering, live, foreign);
  // Nothing in it is of a version that this route's vault gave: there is nothing to say of it, and nothing to write.
  if (manifest.annotations[SOURCES_ANNOTATION] === '') return { action: 'none', secret: live };
  if (isEqual(manifest, rest)) return { action: 'none', secret: live };
  if (Object.keys(rendering.data).length === 0) return emptied(manifest, rendering, live);
  return { action: isUpdate ? 'update' : 'replace', manifest, secret: live };
}

function nothingToCreate({ used }: Rendering): Change {
  const message = used.size > 0 ? 'its sources hold no property' : 'no source has a value to write';
  return { action: 'blocked', code: 'RENDER_REFUSED', message };
}

/**
 * A document that lost its last property is a value like any other: what it held before leaves. And foreign keys are drift
 * even while no source has a value. Throws RenderRefusal when the type forbids to be without keys.
 */
function emptied(manifest: SecretManifest, rendering: Rendering, secret: LiveSecret): Change {
  const canUpdate = isReplaceable(secret, manifest.type);
  if (rendering.used.size === 0 && !canUpdate) return nothingToCreate(rendering);
  const silent = rendering.keptSources.join(', ');
  assertKeys(manifest.type, new Map(), silent === '' ? '' : `; no value now from ${silent}`);
  return { action: canUpdate ? 'update' : 'replace', manifest, secret };
}

/** What others have put on a Secret, and what stays on it. */
type Foreign = Pick<SecretManifest, 'labels' | 'annotations' | 'finalizers'>;

/** A Secret that is made anew has no labels of others: whether theirs or ours, nobody could tell (infra/kubernetes). */
const NOTHING: Foreign = { labels: {}, annotations: {}, finalizers: [] };

function manifestOf(
  { ref, route, instance }: Owner,
  rendering: Rendering,
  live: LiveSecret | undefined,
  foreign: Foreign,
): SecretManifest {
  const { vault, type, immutable, labels, annotations } = route.spec;
  const sources = formatProvenance({ vault, sources: provenanceOf(vault, rendering, live) });
  const ours = ownershipOf(ref, instance, route.metadata.name, sources);
  return {
    namespace: ref.namespace,
    name: ref.name,
    type,
    immutable,
    labels: { ...foreign.labels, ...labels, ...ours.labels },
    annotations: { ...foreign.annotations, ...annotations, ...ours.annotations },
    finalizers: foreign.finalizers,
    data: rendering.data,
  };
}

/** Versions in use, and for sources whose keys were kept what is recorded of them already. */
function provenanceOf(
  vault: string,
  rendering: Rendering,
  live: LiveSecret | undefined,
): Map<string, Delivered> {
  const sources = new Map<string, Delivered>();
  const recorded = recordedSources(live, vault);
  for (const name of rendering.keptSources) {
    const delivered = recorded.get(name);
    if (delivered !== undefined) sources.set(name, delivered);
  }
  for (const [name, { version, created }] of rendering.used) sources.set(name, { version, created });
  return sources;
}

function isEqual(manifest: SecretManifest, live: LiveSecret): boolean {
  return (
    live.ownerReferences.length === 0 &&
    manifest.type === live.type &&
    manifest.immutable === live.immutable &&
    sameRecord(manifest.data, live.data) &&
    sameRecord(manifest.labels, live.labels) &&
    sameRecord(manifest.annotations, live.annotations)
  );
}

function sameRecord(
  left: Readonly<Record<string, string>>,
  right: Readonly<Record<string, string>>,
): boolean {
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && left[key] === right[key])
  );
}
