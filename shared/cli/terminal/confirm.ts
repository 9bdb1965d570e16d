import { createInterface } from 'node:readline/promises';
import { CliError } from './failure.ts';
import type { Io } from './io.ts';

/**
 * Asks before something is written; only a clear yes is one.
 * @throws CliError when nobody is there to answer: a pipeline must say --yes itself
 */
export async function confirm(io: Io, question: string): Promise<boolean> {
  if (!io.interactive)
    throw new CliError('there is nobody here to ask', 'Add --yes after reading --dry-run.');
  const lines = createInterface({ input: io.stdin, output: io.stderr });
  try {
    const answer = await lines.question(`${question} [y/N] `, { signal: io.signal });
    return /^y(?:es)?$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}
