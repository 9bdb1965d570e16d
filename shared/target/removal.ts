import { z } from 'zod';

/** Why something is to leave, and when a run first saw that. */
const evidence = z.record(
  z.string(),
  z.strictObject({ reason: z.string(), run: z.string(), at: z.number() }),
);

/** By source, or by WHOLE for the Secret itself. */
export type Evidence = z.output<typeof evidence>;

/** The Secret itself, not one of its keys; no Key Vault name has a `*`. */
export const WHOLE = '*';

const PROVEN_AFTER_MS = 3_600_000;

export function readEvidence(text: string): Evidence {
  if (text === '') return {};
  try {
    return evidence.parse(JSON.parse(text));
  } catch {
    // Proof that cannot be read is no proof: it is gathered again.
    return {};
  }
}

export function writeEvidence(seen: Evidence): string {
  return Object.keys(seen).length === 0 ? '' : JSON.stringify(seen);
}

/** The evidence with what this run saw: old reasons that still hold keep their date, others go. */
export function seenAgain(
  before: Evidence,
  due: ReadonlyMap<string, string>,
  run: string,
  now: number,
): Evidence {
  return Object.fromEntries(
    [...due].map(([name, reason]) => {
      const known = before[name];
      return [name, known?.reason === reason ? known : { reason, run, at: now }];
    }),
  );
}

/** Whether the reason was seen by an earlier run, at least an hour ago. */
export function isProven(seen: Evidence, name: string, run: string, now: number): boolean {
  const known = seen[name];
  return known !== undefined && known.run !== run && now - known.at >= PROVEN_AFTER_MS;
}

/** The reasons that may be acted upon, by name. */
export type Proven = ReadonlyMap<string, string>;

/** Evidence after a push that looked at the sources: a reason it did not find again is gone. */
export function evidenceAfterPush(before: string, states: ReadonlyMap<string, string>): string {
  const kept = Object.entries(readEvidence(before)).filter(
    ([name, { reason }]) => states.get(name) === reason,
  );
  return writeEvidence(Object.fromEntries(kept));
}
