import pLimit from 'p-limit';
import { failureOf } from '../../errors.ts';
import type { SecretRef } from '../../names.ts';
import type { KeyVault } from '../../ports.ts';
import { newestValid, stateOf } from '../../source/state.ts';
import type { Source } from '../../source/source.ts';

const PARALLEL = 8;

/** What the vault gives the person who asks for one secret, as a push would take it. Rejects when they give up. */
async function readOne(vault: KeyVault, ref: SecretRef, signal: AbortSignal): Promise<Source> {
  try {
    const read = await vault.read(ref, signal);
    if (read.state !== 'readable') return { state: read.state };
    const { version: latest } = read;
    const state = stateOf(latest, latest.readAt);
    if (state === 'disabled') return { state };
    if (state !== 'not-yet-valid') return { state, version: latest };
    const older = newestValid(await vault.versions(ref, signal), latest.readAt);
    if (older === undefined) return { state, latest, version: undefined };
    const found = await vault.readVersion(ref, older.version, signal);
    return { state, latest, version: found.state === 'readable' ? found.version : undefined };
  } catch (error) {
    if (signal.aborted) throw error;
    return { state: 'unreadable', failure: failureOf(error) };
  }
}

/** Values are held by the caller and shown nowhere. */
export async function readSecrets(
  vault: KeyVault,
  alias: string,
  names: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, Source>> {
  const read = await pLimit(PARALLEL).map([...names], async (name) => {
    return [name, await readOne(vault, { vault: alias, name }, signal)] as const;
  });
  return new Map(read);
}
