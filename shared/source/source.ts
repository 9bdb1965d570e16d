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
  /** Key Vault's own clock when it answered (Date header), Unix seconds. */
  readAt: number;
}

/** What may be kept of a version that was read: the compiler refuses one with its value. */
export interface VersionSeen extends VersionProperties {
  readAt: number;
  value?: never;
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
