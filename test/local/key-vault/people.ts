import type { Replica } from './replica.ts';
import { deleteSecret, purgeSecret, recoverSecret, setSecret, updateSecret } from './state.ts';
import type { Attributes, SecretVersion, SetOptions, StoredSecret, VaultState } from './state.ts';

/** What people do to a vault: at once, without HTTP, and always on the primary. Names may be in any case. */
export interface People {
  /** Returns the new version. */
  set(vault: string, name: string, value: string, options?: SetOptions): string;
  /** Changes one version, or the latest; no event announces it. */
  update(vault: string, name: string, version: string | undefined, attributes: Attributes): void;
  disable(vault: string, name: string, version?: string): void;
  enable(vault: string, name: string, version?: string): void;
  delete(vault: string, name: string): void;
  recover(vault: string, name: string): void;
  purge(vault: string, name: string): void;
  /** All versions, oldest first, of a deleted secret, too; empty when there is none. */
  history(vault: string, name: string): readonly SecretVersion[];
  /** Undefined when missing or deleted. */
  latest(vault: string, name: string): SecretVersion | undefined;
}

/** `now` in milliseconds. */
export function createPeople(
  replica: (vault: string) => Replica,
  now: () => number,
): People & { find(vault: string, name: string): StoredSecret | undefined } {
  const seconds = () => Math.floor(now() / 1000);
  const find = (vault: string, name: string) => replica(vault).current().get(name.toLowerCase());
  const change = (vault: string, to: (state: VaultState) => VaultState) => {
    const { current, commit } = replica(vault);
    commit(to(current()));
  };
  const update: People['update'] = (vault, name, version, attributes) =>
    change(vault, (state) => updateSecret(state, name, version, { ...attributes, now: seconds() }));
  return {
    find,
    update,
    set(vault, name, value, options = {}) {
      const { current, commit } = replica(vault);
      const { state, version } = setSecret(current(), name, value, { ...options, now: seconds() });
      commit(state);
      return version.version;
    },
    disable: (vault, name, version) => update(vault, name, version, { enabled: false }),
    enable: (vault, name, version) => update(vault, name, version, { enabled: true }),
    delete: (vault, name) => change(vault, (state) => deleteSecret(state, name, seconds())),
    recover: (vault, name) => change(vault, (state) => recoverSecret(state, name)),
    purge: (vault, name) => change(vault, (state) => purgeSecret(state, name)),
    history: (vault, name) => find(vault, name)?.versions ?? [],
    latest(vault, name) {
      const secret = find(vault, name);
      return secret?.deleted === undefined ? secret?.versions.at(-1) : undefined;
    },
  };
}
