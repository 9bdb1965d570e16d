import type { TargetRef } from '../names.ts';
import type { Ports } from '../ports.ts';

/** The proof of a removal that stands in a target's row by now. A table that does not answer proves nothing. */
export async function standingProof(
  status: Pick<Ports['status'], 'target'>,
  ref: TargetRef,
  signal: AbortSignal,
): Promise<string> {
  try {
    return (await status.target(ref, signal))?.removal ?? '';
  } catch {
    return '';
  }
}
