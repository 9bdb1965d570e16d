import { parseProvenance } from '../source/provenance.ts';
import type { Change } from './change.ts';
import { SOURCES_ANNOTATION } from './ownership.ts';
import type { LiveSecret, SecretManifest } from './secret.ts';

type Pairs = Readonly<Record<string, string>>;

const NAMES_SHOWN = 10;
/** Of a version's 32 characters: enough to find it in the portal. */
const VERSION_SHOWN = 8;

/** What a change would make of what stands there, in names of keys and secrets, never a value; empty when nothing is told. */
export function differenceOf(change: Change): string {
  if (!('manifest' in change)) return '';
  const { manifest } = change;
  if (!('secret' in change)) return `keys ${listed(Object.keys(manifest.data))}`;
  const { secret } = change;
  const parts = [...ofKeys(manifest.data, secret.data), ...ofSources(manifest, secret)];
  return [...parts, ...ofRest(manifest, secret)].join('; ');
}

function ofKeys(now: Pairs, before: Pairs): string[] {
  const known = (key: string): boolean => Object.hasOwn(before, key);
  const added = Object.keys(now).filter((key) => !known(key));
  const changed = Object.keys(now).filter((key) => known(key) && before[key] !== now[key]);
  const gone = Object.keys(before).filter((key) => !Object.hasOwn(now, key));
  return [...told('adds key', added), ...told('changes key', changed), ...told('removes key', gone)];
}

/** Why: the versions that come. */
function ofSources(manifest: SecretManifest, live: LiveSecret): string[] {
  const before = parseProvenance(live.annotations[SOURCES_ANNOTATION]).sources;
  const now = parseProvenance(manifest.annotations[SOURCES_ANNOTATION]).sources;
  const moved = [...now].flatMap(([name, { version }]) => {
    const old = before.get(name)?.version;
    const from = old === undefined ? 'not delivered yet' : `version ${old.slice(0, VERSION_SHOWN)}`;
    return old === version ? [] : [`${name} (${from} -> ${version.slice(0, VERSION_SHOWN)})`];
  });
  return told('for secret', moved);
}

function ofRest(manifest: SecretManifest, live: LiveSecret): string[] {
  const { type, immutable, labels } = manifest;
  return [
    ...(type === live.type ? [] : [`its type becomes ${type}`]),
    ...(immutable === live.immutable ? [] : [immutable ? 'it becomes immutable' : 'it becomes mutable']),
    ...told('sets label', changedIn(labels, live.labels)),
    ...told('removes owner reference', live.ownerReferences.length > 0 ? ['of another object'] : []),
  ];
}

function changedIn(now: Pairs, before: Pairs): string[] {
  return Object.keys(now).filter((key) => before[key] !== now[key]);
}

function told(verb: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`${verb} ${listed(names)}`];
}

function listed(names: readonly string[]): string {
  const more = names.length - NAMES_SHOWN;
  return [...names.slice(0, NAMES_SHOWN), ...(more > 0 ? [`and ${more} more`] : [])].join(', ');
}
