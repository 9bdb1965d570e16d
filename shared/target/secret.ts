/** The parts of a Namespace that decide consent. */
export interface Namespace {
  name: string;
  /** The annotation `vaultcast.dev/accept`, as written; undefined when it is missing. */
  accept: string | undefined;
  terminating: boolean;
}

/** Identity and metadata of a live Secret, without its data. */
export interface SecretMetadata {
  namespace: string;
  name: string;
  uid: string;
  resourceVersion: string;
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
}

/** A live Secret as observed. */
export interface LiveSecret extends SecretMetadata {
  cluster: string;
  type: string;
  immutable: boolean;
  /** It was deleted, and stays until its finalizers are gone. */
  terminating: boolean;
  finalizers: readonly string[];
  ownerReferences: readonly object[];
  /** Key -> base64, as the API server sent it. */
  data: Readonly<Record<string, string>>;
}

/** A Secret to write: whole, nothing implied. */
export interface SecretManifest {
  namespace: string;
  name: string;
  type: string;
  immutable: boolean;
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
  finalizers: readonly string[];
  ownerReferences: readonly object[];
  /** Key -> base64. */
  data: Readonly<Record<string, string>>;
}

/** What a conditional write came to. `namespace-missing` is found only by the write: the observation saw the namespace. */
export type Written =
  | { kind: 'written'; uid: string; resourceVersion: string }
  | { kind: 'conflict' }
  | { kind: 'namespace-missing' };
