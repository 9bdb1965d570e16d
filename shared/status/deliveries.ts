import { z } from 'zod';
import { parseProvenance } from '../source/provenance.ts';
import { LATEST_MS } from '../time.ts';
import { effectOf, type Outcome } from './outcome.ts';

const delivery = z.object({
  /** ms since the epoch. */
  at: z.int().min(0).max(LATEST_MS),
  secret: z.string().min(1),
  version: z.string().min(1),
  /** From the making of the version, which Key Vault dates in seconds, to its write; absent where the two clocks contradict. */
  ms: z.int().min(0).optional(),
});

/** A version that came into a target with a write. */
type Delivery = z.output<typeof delivery>;

/** A row keeps so many, the newest. */
const MOST = 10;

/** What a row keeps of versions that came, newest first, as JSON, after this outcome: the text itself where it brought none. */
export function withDeliveries(text: string | undefined, outcome: Outcome, now: number): string {
  const came = broughtBy(outcome, now);
  return came.length === 0
    ? (text ?? '')
    : JSON.stringify([...came, ...knownDeliveries(text ?? '')].slice(0, MOST));
}

function broughtBy(outcome: Outcome, at: number): Delivery[] {
  const { brought, recorded } = effectOf(outcome) ?? {};
  const { sources } = parseProvenance(recorded);
  return [...(brought ?? [])].map(([secret, version]) => {
    const created = sources.get(secret)?.created;
    const ms = created === undefined ? -1 : at - created * 1000;
    return { at, secret, version, ...(ms < 0 ? {} : { ms }) };
  });
}

/** As a row told them, newest first. What cannot be read is not known. */
export function knownDeliveries(text: string): Delivery[] {
  if (text === '') return [];
  try {
    return z.array(delivery).parse(JSON.parse(text));
  } catch {
    return [];
  }
}
