import fc from 'fast-check';
import { anyProgram, calmProgram, type Program } from './program.ts';
import { wrongsOf } from './run.ts';

/** Of SEED and PATH_, which a failure prints: the same program again. */
export interface Replay {
  seed?: number;
  path?: string;
  /** The first failure is enough, however long it is. */
  endOnFailure?: boolean;
}

/** What stands in the environment for this kind of program: `KIND=any SEED=… PATH_=… npm run test:deep`. */
export function replayOf(kind: 'any' | 'calm', env: Readonly<Record<string, string | undefined>>): Replay {
  const { KIND, SEED: seed, PATH_: path } = env;
  if (KIND !== undefined && KIND !== kind) return {};
  return { ...(seed === undefined ? {} : { seed: Number(seed) }), ...(path === undefined ? {} : { path }) };
}

/**
 * Runs so many programs and rejects with the shortest one that breaks a rule, its seed and path.
 */
export async function checkModel(runs: number, kind: 'any' | 'calm', replay: Replay = {}): Promise<void> {
  const programs: fc.Arbitrary<Program> = kind === 'any' ? anyProgram : calmProgram;
  const property = fc.asyncProperty(programs, async (program) => {
    const wrongs = await wrongsOf(program);
    if (wrongs.length > 0) throw new Error(wrongs.slice(0, 10).join('\n'));
  });
  const result = await fc.check(property, { numRuns: runs, ...replay });
  if (!result.failed) return;
  const again = `KIND=${kind} SEED=${result.seed} PATH_=${result.counterexamplePath ?? ''}`;
  const error = result.errorInstance instanceof Error ? result.errorInstance.message : '';
  throw new Error(
    `${kind} program breaks a rule (${again}):\n${error}\n${fc.stringify(result.counterexample)}`,
  );
}
