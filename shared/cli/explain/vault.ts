import type { SecretRef } from '../../names.ts';
import type { Ports } from '../../ports.ts';
import { isoTime, present } from '../../output/fields.ts';
import type { VaultView } from '../../output/schema.ts';
import type { VersionProperties } from '../../source/source.ts';
import { stateOf } from '../../source/state.ts';
import type { Context } from '../command.ts';
import type { VaultOptions } from '../connect/flags.ts';
import { reasonOf } from '../terminal/failure.ts';

/** What the vault shows of a secret to the person who asks. */
export interface VaultLook {
  view: VaultView;
  /** Of the latest version; undefined where nobody could ask. */
  tags: VersionProperties['tags'] | undefined;
  /** Newest first; empty where nothing was to be seen. */
  versions: readonly VersionProperties[];
}

/** With the person's own sign-in; lists versions, and keeps no value. */
export async function lookIntoVault(
  secret: SecretRef,
  options: VaultOptions,
  { io, openVault }: Context,
): Promise<VaultLook> {
  try {
    const vault = await openVault(options, io);
    const versions = await vault
      .versions(secret, io.signal)
      .catch((error: unknown) => unlessGone(vault, secret, io.signal, error));
    if (versions.length === 0) return { view: { state: 'deleted' }, tags: undefined, versions };
    const latest = await latestOf(vault, secret, versions, io.signal);
    if (latest === undefined) return { view: TIED, tags: undefined, versions };
    return { view: viewOf(latest), tags: latest.tags, versions };
  } catch (error) {
    if (io.signal.aborted) throw error;
    return { view: { state: 'unknown', message: reasonOf(error) }, tags: undefined, versions: [] };
  }
}

const TIED: VaultView = {
  state: 'unknown',
  message: 'two versions were made within one second, and which of them is the latest is not to be seen',
};

/** A list has seconds only, in no order: of versions made in the same one, the vault's answer without a version tells. */
async function latestOf(
  vault: Ports['vault'],
  secret: SecretRef,
  versions: readonly VersionProperties[],
  signal: AbortSignal,
): Promise<VersionProperties | undefined> {
  const [newest, next] = versions;
  if (next === undefined || next.created !== newest?.created) return newest;
  const read = await vault.read(secret, signal).catch(() => undefined);
  if (read?.state !== 'readable') return undefined;
  return versions.find(({ version }) => version === read.version.version);
}

function viewOf(latest: VersionProperties): VaultView {
  const { version, created, updated, notBefore = 0, expires = 0 } = latest;
  const date = (seconds: number): string | undefined => isoTime(seconds * 1000);
  return {
    state: stateOf(latest, Math.floor(Date.now() / 1000)),
    version,
    ...present({ created: date(created), updated: date(updated) }),
    ...present({ notBefore: date(notBefore), expires: date(expires) }),
  };
}

/**
 * A secret that is gone lists no version, and so does a vault that answers nonsense: only the vault's word for the secret
 * itself says that it is gone, and that word comes without a value.
 */
async function unlessGone(
  vault: Ports['vault'],
  secret: SecretRef,
  signal: AbortSignal,
  error: unknown,
): Promise<VersionProperties[]> {
  const { state } = await vault.read(secret, signal).catch(() => ({ state: 'unknown' as const }));
  if (state === 'deleted') return [];
  throw error;
}
