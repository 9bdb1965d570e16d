import type { SecretRef } from '../../names.ts';
import type { SourceState, VersionProperties } from '../../source/source.ts';
import { stateOf } from '../../source/state.ts';
import type { Context } from '../command.ts';
import type { VaultOptions } from '../connect/flags.ts';
import { reasonOf } from '../terminal/failure.ts';

/** What the vault shows of the secret to the person who asks, or why it shows nothing. Times in Unix seconds. */
export type VaultView =
  | ({ state: SourceState } & Omit<VersionProperties, 'name' | 'enabled' | 'contentType'>)
  | { unknown: string };

/** With the person's own sign-in; lists versions, reads no value. */
export async function lookIntoVault(
  secret: SecretRef,
  options: VaultOptions,
  { io, openVault }: Context,
): Promise<VaultView> {
  try {
    const vault = await openVault(options, io);
    const [latest] = await vault.versions(secret, io.signal);
    if (latest === undefined) return { unknown: 'it shows no version' };
    const { name: _name, enabled: _enabled, contentType: _contentType, ...shown } = latest;
    return { state: stateOf(latest, Math.floor(Date.now() / 1000)), ...shown };
  } catch (error) {
    if (io.signal.aborted) throw error;
    return { unknown: reasonOf(error) };
  }
}
