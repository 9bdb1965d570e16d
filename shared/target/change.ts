import type { TargetRef } from '../names.ts';
import type { SourceVersion } from '../source/source.ts';
import type { Route } from '../registry/document.ts';
import type { Rendering } from '../render/render.ts';
import type { LiveSecret, SecretManifest } from './secret.ts';
import { type Leftover, NO_LEFTOVER, without } from './leftover.ts';
import { ownershipOf, recordedSources, SOURCES_ANNOTATION } from './ownership.ts';
import { type Delivered, formatProvenance } from './provenance.ts';

/** The next write of a target. */
export type Change =
  | { kind: 'create'; manifest: SecretManifest }
  | { kind: 'replace'; manifest: SecretManifest; live: LiveSecret }
  /** The type differs or the live Secret is immutable: it is deleted and created again. */
  | { kind: 'recreate'; manifest: SecretManifest; live: LiveSecret }
  | { kind: 'remove'; live: LiveSecret }
  | { kind: 'unchanged'; live: LiveSecret }
  /** Something must happen first that is under way. */
  | { kind: 'wait'; message: string }
  /** Nothing may be written; not an error of ours. */
  | { kind: 'refuse'; message: string };

/**
 * Compares what should be with what was observed. Equal means no write: the resourceVersion stays. A leftover is no reason
 * to write, but what is written has none.
 */
export function decide(
  target: TargetRef,
  route: Route,
  instance: string,
  rendered: Rendering,
  live: LiveSecret | undefined,
  leftover: Leftover = NO_LEFTOVER,
): Change {
  if (Object.keys(rendered.data).length === 0) return nothingLeft(rendered, live);
  const manifest = manifestOf(target, route, instance, rendered, live);
  if (live === undefined) return { kind: 'create', manifest };
  // Nothing in it is of a version that this route's vault gave: there is nothing to say of it, and nothing to write.
  if (manifest.annotations[SOURCES_ANNOTATION] === '') return { kind: 'unchanged', live };
  if (isEqual(manifest, without(live, leftover))) return { kind: 'unchanged', live };
  if (isReplaceable(live, manifest.type)) return { kind: 'replace', manifest, live };
  return anew(rendered, manifest, live);
}

function anew({ kept }: Rendering, manifest: SecretManifest, live: LiveSecret): Change {
  const reason = live.immutable ? 'the Secret is immutable' : 'its type changes';
  if (kept.length > 0)
    return {
      kind: 'refuse',
      message: `${reason}, but the keys ${kept.join(', ')} could not be written anew`,
    };
  if (!live.terminating) return { kind: 'recreate', manifest, live };
  const holders = live.finalizers.join(', ');
  const message = `${reason} and it was deleted, but it stays until its finalizers are gone: ${holders}`;
  return { kind: 'wait', message };
}

/** Kubernetes changes neither the type of a Secret nor anything of an immutable one. */
export function isReplaceable(live: LiveSecret, type: string): boolean {
  return live.type === type && !live.immutable;
}

function nothingLeft(rendered: Rendering, live: LiveSecret | undefined): Change {
  if (live !== undefined && rendered.removed.length > 0) return { kind: 'remove', live };
  if (live !== undefined) return { kind: 'unchanged', live };
  return { kind: 'refuse', message: 'no source has a value to write' };
}

/**
 * Guards against a replica that lags: a latest version created before the one recorded on the Secret. `chosen` versions
 * (older ones, used because a newer one waits for its date) are not such a case.
 */
export function staleSource(
  vault: string,
  used: ReadonlyMap<string, SourceVersion>,
  chosen: ReadonlySet<string>,
  live: LiveSecret | undefined,
): string | undefined {
  const recorded = recordedSources(live, vault);
  for (const [name, version] of used) {
    const delivered = recorded.get(name);
    if (delivered === undefined || chosen.has(name) || isForged(delivered, version)) continue;
    if (version.created < delivered.created) return name;
  }
  return undefined;
}

/** Clocks of a vault's replicas may differ by so much. */
const SKEW_SECONDS = 600;

/** No version was created after it was read: whoever wrote that date would hold every rotation back. */
function isForged({ created }: Delivered, { readAt }: SourceVersion): boolean {
  return created > readAt + SKEW_SECONDS;
}

function manifestOf(
  target: TargetRef,
  route: Route,
  instance: string,
  rendered: Rendering,
  live: LiveSecret | undefined,
): SecretManifest {
  const { vault, type, immutable, labels, annotations } = route.spec;
  const sources = formatProvenance({ vault, sources: provenanceOf(vault, rendered, live) });
  const ours = ownershipOf(target, instance, route.metadata.name, sources);
  return {
    namespace: target.namespace,
    name: target.name,
    type,
    immutable,
    labels: { ...live?.labels, ...labels, ...ours.labels },
    annotations: { ...live?.annotations, ...annotations, ...ours.annotations },
    finalizers: live?.finalizers ?? [],
    ownerReferences: live?.ownerReferences ?? [],
    data: rendered.data,
  };
}

/** Versions in use, and for sources whose keys were kept what is recorded of them already. */
function provenanceOf(
  vault: string,
  rendered: Rendering,
  live: LiveSecret | undefined,
): Map<string, Delivered> {
  const sources = new Map<string, Delivered>();
  const recorded = recordedSources(live, vault);
  for (const name of rendered.keptSources) {
    const delivered = recorded.get(name);
    if (delivered !== undefined) sources.set(name, delivered);
  }
  for (const [name, { version, created }] of rendered.used) sources.set(name, { version, created });
  return sources;
}

function isEqual(manifest: SecretManifest, live: LiveSecret): boolean {
  return (
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
