import { z } from 'zod';
import { secretName } from './fields.ts';

/** A made-up secret, to try a route with before it is applied. */
const sample = z.strictObject({
  name: secretName,
  value: z.string().max(25_600, 'must have at most 25600 characters, as in Key Vault'),
  contentType: z.string().max(255).optional(),
  tags: z.record(z.string(), z.string()).default({}),
});

/** The file of sample secrets that `vaultcast render --from` reads: a list. */
export const sampleFile = z.array(sample).min(1, 'must hold at least one secret');
