import { z } from 'zod';

/**
 * What a whole run looked at that found nothing to do, in digests: a later one that finds the same has nothing to do either
 * (reconcile/quiet.ts). None is of a value.
 */
export const quietLook = z.object({
  /** The run that looked at everything itself. */
  run: z.string(),
  /** Of the registry, of what vaults list, and of what the app is. */
  inputs: z.string(),
  namespaces: z.string(),
  targets: z.string(),
  /** Of the Secrets of `homes`. */
  secrets: z.string(),
  /** The namespaces whose Secrets were listed; undefined where they were listed together. */
  homes: z.array(z.string()).optional(),
});
