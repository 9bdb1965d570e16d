import { createInterface } from 'node:readline/promises';
import { CliError } from './failure.ts';
import type { Io } from './io.ts';

/**
 * Asks before something is written; only a clear yes is one.
 * @throws CliError where nobody can be asked: a pipeline must say --yes itself
 */
export async function confirm(io: Io, question: string): Promise<boolean> {
  if (!io.interactive) throw new CliError('nobody can be asked here', 'Add --yes after reading --dry-run.');
  const lines = createInterface({ input: io.stdin, output: io.stderr });
  try {
    const answer = await lines.question(`${question} [y/N] `, { signal: io.signal });
    return /^y(?:es)?$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}
