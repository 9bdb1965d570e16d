import type { SecretRef } from '../../names.ts';
import type { VersionProperties } from '../../source/source.ts';
import { stateOf } from '../../source/state.ts';
import type { Context } from '../command.ts';
import type { ExplainOptions } from './explain.ts';
import { reasonOf } from '../terminal/failure.ts';

/** What the vault shows of the secret to the person who asks, or why it shows nothing. Times in Unix seconds. */
export type VaultView =
  | ({ state: ReturnType<typeof stateOf>; version: string } & Pick<
      VersionProperties,
      'created' | 'updated' | 'notBefore' | 'expires' | 'tags'
    >)
  | { unknown: string };

/** With the person's own sign-in; lists versions, reads no value. */
export async function lookIntoVault(
  secret: SecretRef,
  options: ExplainOptions,
  { io, openVault }: Context,
): Promise<VaultView> {
  try {
    const vault = await openVault(options, io);
    const [latest] = await vault.versions(secret, io.signal);
    if (latest === undefined) return { unknown: 'it shows no version' };
    const { version, created, updated, notBefore, expires, tags } = latest;
    const dates = {
      ...(notBefore === undefined ? {} : { notBefore }),
      ...(expires === undefined ? {} : { expires }),
    };
    return {
      state: stateOf(latest, Math.floor(Date.now() / 1000)),
      version,
      created,
      updated,
      ...dates,
      tags,
    };
  } catch (error) {
    if (io.signal.aborted) throw error;
    return { unknown: reasonOf(error) };
  }
}
