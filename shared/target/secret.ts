/** uid and resourceVersion of a Secret as it stands; both empty where none does. */
interface SecretIdentity {
  uid: string;
  resourceVersion: string;
}

export const NO_SECRET: SecretIdentity = { uid: '', resourceVersion: '' };

/** Identity and metadata of a live Secret, without its data. */
export interface SecretMetadata extends SecretIdentity {
  namespace: string;
  name: string;
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

/** A Secret to write: whole, nothing implied. It has no owner: the garbage collector deletes what owner references say. */
export interface SecretManifest {
  namespace: string;
  name: string;
  type: string;
  immutable: boolean;
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
  finalizers: readonly string[];
  /** Key -> base64. */
  data: Readonly<Record<string, string>>;
}

/** What a conditional write came to. `namespace-missing` is found only by the write: the observation saw the namespace. */
export type Written =
  | ({ kind: 'written' } & SecretIdentity)
  | { kind: 'conflict' }
  | { kind: 'namespace-missing' };

export function identityOf({ uid, resourceVersion }: SecretIdentity): SecretIdentity {
  return { uid, resourceVersion };
}

/** Kubernetes changes neither the type of a Secret nor anything of an immutable one. */
export function isReplaceable(secret: Pick<LiveSecret, 'type' | 'immutable'>, type: string): boolean {
  return secret.type === type && !secret.immutable;
}
