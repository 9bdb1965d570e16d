import type { Selection } from '../../output/select.ts';
import { secretWord } from '../terminal/words.ts';
import type { GetOptions } from './options.ts';

/** Throws CliError for a secret that can be none. */
export function selectionOf(options: GetOptions, names: readonly string[] = []): Selection {
  const { cluster, namespace, route, state, vault, secret } = options;
  const word = secret === undefined ? undefined : secretWord(secret);
  return { clusters: cluster, namespace, route, state, vault, secret: word, names };
}
