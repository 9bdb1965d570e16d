import type { Failure } from '../errors.ts';

/** The state of a source's latest version; see the table in shared/README.md. */
type SourceState = 'valid' | 'near-expiry' | 'expired' | 'not-yet-valid' | 'disabled' | 'deleted';

/** What Key Vault tells of a secret without its value. All times are Unix seconds, the resolution Key Vault has. */
export interface SourceProperties {
  /** Lower case. */
  name: string;
  enabled: boolean;
  created: number;
  updated: number;
  notBefore?: number;
  expires?: number;
  contentType?: string;
  tags: Readonly<Record<string, string>>;
}

export interface VersionProperties extends SourceProperties {
  version: string;
}

/** One version with its value. Held only as long as a push takes. */
export interface SourceVersion extends VersionProperties {
  value: string;
  /** The certificate of this version (DER), where its secret lacks it and Key Vault has it beside. */
  certificate?: Uint8Array;
  /** Key Vault's own clock when it answered (Date header), Unix seconds. */
  readAt: number;
}

/** What may be kept of a version that was read: the compiler refuses one with its value. */
interface VersionSeen extends VersionProperties {
  readAt: number;
  value?: never;
  certificate?: never;
}

/** All secrets of one vault at one moment. */
export interface Listing {
  vault: string;
  /** By name, lower case. */
  secrets: ReadonlyMap<string, SourceProperties>;
  /** Key Vault's own clock when the listing began (Date header of its first page), Unix seconds. */
  readAt: number;
}

/** What one read of one source found. Only `disabled` and `deleted` are proof that a source is gone. */
export type SourceRead = { state: 'readable'; version: SourceVersion } | { state: 'disabled' | 'deleted' };

type Found<Version> =
  | { state: 'valid' | 'near-expiry' | 'expired'; version: Version }
  /** `version` is the newest one that is valid already, if there is any; `latest` waits for its date. */
  | { state: 'not-yet-valid'; version: Version | undefined; latest: Version }
  | { state: 'disabled' | 'deleted' }
  | { state: 'unreadable'; failure: Failure };

/** A secret that feeds a target, as found in the vault; an unreadable one carries why. */
export type Source = Found<SourceVersion>;

/** The same without values: what outlives a push, in its outcome. */
export type SourceStatus = Found<VersionSeen>;

/** Of one source of a target, as a reconcile's listing or a push found it; `refused`: the namespace does not accept it. */
export interface SourceFacts {
  name: string;
  state: SourceState | 'refused' | 'unreadable';
  properties: SourceProperties | undefined;
}

export function statusOf(source: Source): SourceStatus {
  if (source.state === 'not-yet-valid') {
    const { state, version, latest } = source;
    return { state, version: version && seen(version), latest: seen(latest) };
  }
  return 'version' in source ? { state: source.state, version: seen(source.version) } : source;
}

function seen({ value: _value, certificate: _certificate, ...rest }: SourceVersion): VersionSeen {
  return rest;
}

/** The version that Key Vault calls the latest, whether it is valid already or not; undefined when none could be read. */
export function latestOf(source: Source): SourceVersion | undefined;
export function latestOf(source: SourceStatus): VersionSeen | undefined;
export function latestOf(source: Source | SourceStatus): SourceVersion | VersionSeen | undefined {
  if (source.state === 'not-yet-valid') return source.latest;
  return 'version' in source ? source.version : undefined;
}
