import { UNCOUNTED } from '../exchange.ts';

const [KIB, MIB] = [1024, 1024 * 1024];

/**
 * What an answer of each kind may be at most: `bytes`, decompressed, and `values`, which is what parsing costs. Beyond what an
 * API server stores: an object's data take at most 1 MiB, a third more in base64, and its annotations 256 KiB. A page of 500
 * Secrets' metadata takes 0.5 MB and 25,000 values. Each is parsed within 50 ms.
 */
export const BOUNDS = {
  secret: { bytes: 2 * MIB, values: 40_000 },
  namespace: { bytes: MIB, values: 10_000 },
  page: { bytes: 2 * MIB, values: 60_000 },
  /** The same where only its bytes are looked at. */
  unparsed: { bytes: 2 * MIB, values: UNCOUNTED },
  review: { bytes: 256 * KIB, values: 5000 },
  /** Any other answer than the one asked for. */
  refusal: { bytes: 256 * KIB, values: 5000 },
} as const;
