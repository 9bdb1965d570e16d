import { randomBytes } from 'node:crypto';

/** One version of a secret, as the service stores it. Times are Unix seconds. */
export interface SecretVersion {
  readonly version: string;
  readonly value: string;
  readonly contentType?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly enabled: boolean;
  readonly nbf?: number;
  readonly exp?: number;
  readonly created: number;
  readonly updated: number;
  /** Backed by a certificate of the same name. */
  readonly managed?: boolean;
  /** That certificate: base64 of DER. */
  readonly certificate?: string;
}

export interface StoredSecret {
  /** In the case of its first `set`: Key Vault ignores case and keeps it. */
  readonly name: string;
  /** Oldest first; the last one is the latest, whatever its attributes say. */
  readonly versions: readonly SecretVersion[];
  /** Unix seconds of the soft deletion. */
  readonly deleted?: number;
}

/** A whole vault, by lower-cased name. Never changed in place, so that a replica's past is one reference. */
export type VaultState = ReadonlyMap<string, StoredSecret>;

export interface Attributes {
  tags?: Record<string, string>;
  contentType?: string;
  enabled?: boolean;
  /** Unix seconds; null takes it away. */
  nbf?: number | null;
  /** Unix seconds; null takes it away. */
  exp?: number | null;
}

export interface SetOptions extends Attributes {
  /** 32 hexadecimal digits; default: random. */
  version?: string;
  /** Unix seconds; default: now. */
  created?: number;
  managed?: boolean;
  certificate?: string;
}

/** A change that the service refuses: `status` and `code` as it would answer, `inner` the code of `innererror`. */
export class Refused extends Error {
  readonly status: number;
  readonly code: string;
  readonly inner: string | undefined;

  constructor(status: number, code: string, message: string, inner?: string) {
    super(message);
    this.status = status;
    this.code = code;
    this.inner = inner;
  }
}

export const notFound = (name: string): Refused =>
  new Refused(
    404,
    'SecretNotFound',
    `A secret with (name/id) ${name} was not found in this key vault. If you recently deleted this secret you may be ` +
      'able to recover it using the correct recovery command. For help resolving this issue, please see ' +
      'https://go.microsoft.com/fwlink/?linkid=2125182',
  );

const find = (state: VaultState, name: string) => state.get(name.toLowerCase());

const put = (state: VaultState, secret: StoredSecret): VaultState =>
  new Map(state).set(secret.name.toLowerCase(), secret);

/** The secret unless it is missing or soft-deleted. */
export function live(state: VaultState, name: string): StoredSecret {
  const secret = find(state, name);
  if (!secret || secret.deleted !== undefined) throw notFound(name);
  return secret;
}

export function deleted(state: VaultState, name: string): StoredSecret {
  const secret = find(state, name);
  if (secret?.deleted === undefined)
    throw new Refused(404, 'SecretNotFound', `Deleted Secret not found: ${name}`);
  return secret;
}

/** That version, or the latest. */
export function versionOf(secret: StoredSecret, version?: string): SecretVersion {
  const found = version ? secret.versions.find((one) => one.version === version) : secret.versions.at(-1);
  if (!found) throw notFound(`${secret.name}/${version ?? ''}`);
  return found;
}

function withAttributes(version: SecretVersion, { nbf, exp, ...rest }: Attributes): SecretVersion {
  const changed: Record<string, unknown> = { ...version, ...rest };
  for (const [key, value] of Object.entries({ nbf, exp })) {
    if (value === null) delete changed[key];
    else if (value !== undefined) changed[key] = value;
  }
  return changed as unknown as SecretVersion;
}

export function setSecret(
  state: VaultState,
  name: string,
  value: string,
  options: SetOptions & { now: number },
): { state: VaultState; version: SecretVersion } {
  const before = find(state, name);
  if (before?.deleted !== undefined) throw nameInUse(before.name);
  const {
    version = randomBytes(16).toString('hex'),
    created = options.now,
    managed,
    now: _now,
    ...attributes
  } = options;
  const blank = { version, value, enabled: true, created, updated: created, ...(managed && { managed }) };
  const added = withAttributes(blank, attributes);
  const secret = { name: before?.name ?? name, versions: [...(before?.versions ?? []), added] };
  return { state: put(state, secret), version: added };
}

const nameInUse = (name: string): Refused =>
  new Refused(
    409,
    'Conflict',
    `Secret ${name} is currently in a deleted but recoverable state, and its name cannot be reused; in this state, ` +
      'the secret can only be recovered or purged.',
    'ObjectIsDeletedButRecoverable',
  );

/** Changes attributes of one version; `undefined` means the latest. The value of a version never changes. */
export function updateSecret(
  state: VaultState,
  name: string,
  version: string | undefined,
  changes: Attributes & { now: number },
): VaultState {
  const { now, ...attributes } = changes;
  const secret = live(state, name);
  const target = versionOf(secret, version);
  const changed = { ...withAttributes(target, attributes), updated: now };
  return put(state, { ...secret, versions: secret.versions.map((one) => (one === target ? changed : one)) });
}

export const deleteSecret = (state: VaultState, name: string, now: number): VaultState =>
  put(state, { ...live(state, name), deleted: now });

/** All versions come back as they were: no attribute changes. */
export function recoverSecret(state: VaultState, name: string): VaultState {
  const { deleted: _deleted, ...secret } = deleted(state, name);
  return put(state, secret);
}

export function purgeSecret(state: VaultState, name: string): VaultState {
  const key = deleted(state, name).name.toLowerCase();
  return new Map([...state].filter(([other]) => other !== key));
}
