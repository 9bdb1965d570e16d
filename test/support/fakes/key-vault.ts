import { VaultcastError } from '../../../shared/errors.ts';
import type { Ports } from '../../../shared/ports.ts';
import type { SourceProperties, SourceRead, VersionProperties } from '../../../shared/source/source.ts';
import type { ForbidKind } from '../../local/key-vault/access.ts';
import { createPeople } from '../../local/key-vault/people.ts';
import type { People } from '../../local/key-vault/people.ts';
import { createReplica } from '../../local/key-vault/replica.ts';
import type { Replica } from '../../local/key-vault/replica.ts';
import type { SecretVersion, StoredSecret } from '../../local/key-vault/state.ts';
import { createCalls } from './calls.ts';
import type { Calls } from './calls.ts';
import type { Hook } from './hook.ts';

type KeyVault = Ports['vault'];

export interface FakeKeyVaultOptions {
  /** Awaited before and after every call; a list is as many calls as it has pages. */
  hook?: Hook;
  vaults: readonly string[];
  /** The vaults' clock, milliseconds; default Date.now. */
  now?: () => number;
  /** Reads see what was true that long ago; default 0. */
  replicaLagMs?: number;
  /** Secrets that a list reads at once; between pages anything may happen. Default 25. */
  pageSize?: number;
}

export interface FakeKeyVault extends KeyVault, Pick<Calls, 'log' | 'fail'> {
  people: People & {
    forbid(vault: string, kind: ForbidKind, name?: string): () => void;
    serveStale(vault: string, on: boolean): void;
  };
}

interface Vault {
  replica: Replica;
  forbidden: Set<{ kind: ForbidKind; name: string | undefined }>;
}

const unavailable = (why: string) => new VaultcastError('VAULT_UNAVAILABLE', `fake: ${why}`);

function propertiesOf(name: string, version: SecretVersion): SourceProperties {
  const { enabled, created, updated, nbf, exp, contentType, tags = {} } = version;
  return {
    name,
    enabled,
    created,
    updated,
    ...(nbf !== undefined && { notBefore: nbf }),
    ...(exp !== undefined && { expires: exp }),
    ...(contentType !== undefined && { contentType }),
    tags,
  };
}

const versionOf = (name: string, version: SecretVersion): VersionProperties => ({
  ...propertiesOf(name, version),
  version: version.version,
});

/** Versions are numbered, so that a run of a property test can be repeated. */
function numbered(people: People): People {
  let last = 0;
  const next = () => (last += 1).toString(16).padStart(32, '0');
  return {
    ...people,
    set: (vault, name, value, options) => people.set(vault, name, value, { version: next(), ...options }),
  };
}

function createVaults({ vaults, now = Date.now, replicaLagMs = 0 }: FakeKeyVaultOptions) {
  const all = new Map(
    vaults.map((name): [string, Vault] => [
      name,
      { replica: createReplica(now, replicaLagMs), forbidden: new Set() },
    ]),
  );
  const of = (name: string): Vault => {
    const found = all.get(name);
    if (!found) throw new VaultcastError('BAD_SETTING', `fake: vault ${name} is not configured`);
    return found;
  };
  const allow = ({ forbidden }: Vault, name?: string, isCertificate = false) => {
    const hit = [...forbidden].some(
      (rule) =>
        (rule.name === undefined || rule.name === name) && (isCertificate || rule.kind !== 'certificates'),
    );
    const asked = isCertificate ? `vault fake, certificate ${name}` : 'fake';
    if (hit) throw new VaultcastError('VAULT_FORBIDDEN', `${asked}: the identity may not read there`);
  };
  const live = (vault: string, name: string): StoredSecret | undefined => {
    if (!/^[0-9a-z-]{1,127}$/.test(name)) throw new VaultcastError('BAD_NAME', 'fake: not a secret name');
    allow(of(vault), name);
    const secret = of(vault).replica.read().get(name);
    return secret?.deleted === undefined ? secret : undefined;
  };
  return { of, allow, live };
}

type Vaults = ReturnType<typeof createVaults>;

function page({ of, allow }: Vaults, vault: string, after: string, size: number): SourceProperties[] {
  allow(of(vault));
  return [...of(vault).replica.read()]
    .filter(([name, { deleted }]) => deleted === undefined && name > after)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, size)
    .flatMap(([name, { versions }]) => versions.slice(-1).map((latest) => propertiesOf(name, latest)));
}

/** An in-memory Key Vault: the same states as the stand-in's, without HTTP. */
export function createFakeKeyVault(options: FakeKeyVaultOptions): FakeKeyVault {
  const { now = Date.now, pageSize = 25 } = options;
  const calls = createCalls('VAULT_UNAVAILABLE', options.hook);
  const vaults = createVaults(options);
  const { of, live, allow } = vaults;
  const seconds = () => Math.floor(now() / 1000);
  const people = createPeople((vault) => of(vault).replica, now);

  const readable = (name: string, version: SecretVersion): SourceRead => ({
    state: 'readable',
    version: { ...versionOf(name, version), value: version.value, readAt: seconds() },
  });
  return {
    log: calls.log,
    fail: (fault) => calls.fail(fault),
    people: {
      ...numbered(people),
      forbid(vault, kind, name) {
        const rule = { kind, name: name?.toLowerCase() };
        of(vault).forbidden.add(rule);
        return () => void of(vault).forbidden.delete(rule);
      },
      serveStale: (vault, on) => of(vault).replica.freeze(on),
    },
    read: ({ vault, name }, signal) =>
      calls.run(`vault.read ${vault}/${name}`, signal, () => {
        const latest = live(vault, name)?.versions.at(-1);
        if (!latest) return { state: 'deleted' };
        return latest.enabled ? readable(name, latest) : { state: 'disabled' };
      }),
    readVersion: ({ vault, name }, version, signal) =>
      calls.run(`vault.readVersion ${vault}/${name}@${version}`, signal, () => {
        const found = live(vault, name)?.versions.find((one) => one.version === version);
        if (!found?.enabled) throw unavailable('this version is not to be had');
        return readable(name, found);
      }),
    certificate: ({ vault, name }, version, signal) =>
      calls.run(`vault.certificate ${vault}/${name}@${version}`, signal, () => {
        allow(of(vault), name, true);
        const found = live(vault, name)?.versions.find((one) => one.version === version)?.certificate;
        return found === undefined ? undefined : new Uint8Array(Buffer.from(found, 'base64'));
      }),
    versions: ({ vault, name }, signal) =>
      calls.run(`vault.versions ${vault}/${name}`, signal, () => {
        const found = live(vault, name)?.versions ?? [];
        if (found.length === 0) throw unavailable('no versions');
        return found.map((one) => versionOf(name, one)).sort((a, b) => b.created - a.created);
      }),
    async list(vault, signal) {
      const secrets = new Map<string, SourceProperties>();
      let readAt: number | undefined;
      let after = '';
      for (let number = 1, full = true; full; number += 1) {
        const found = await calls.run(`vault.list ${vault} page ${number}`, signal, () => {
          readAt ??= seconds();
          return page(vaults, vault, after, pageSize);
        });
        for (const one of found) secrets.set(one.name, one);
        full = found.length === pageSize;
        after = found.at(-1)?.name ?? after;
      }
      return { vault, secrets, readAt: readAt ?? seconds() };
    },
  };
}
