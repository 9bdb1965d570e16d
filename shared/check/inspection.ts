import type { Failure } from '../errors.ts';
import type { Namespace } from '../route/consent.ts';
import type { Access } from './access.ts';
import type { Probed } from './probes.ts';

/** The steps on the way to an API server, in order: each needs the one before. */
export type Step = 'credential' | 'name' | 'tcp' | 'tls' | 'identity' | 'permission';

/** An answer to "may I". */
interface Granted extends Access {
  allowed: boolean;
  /** Azure RBAC refused it, by its own words; not every refusal of it says so. */
  byAzure?: boolean;
}

/**
 * A cluster as the app finds it, step by step. What is undefined was not reached: `ended` says where, and why. Nothing in it
 * is a credential.
 */
export interface Inspection {
  ended: { step: Step; failure: Failure } | undefined;
  /** https address, a path prefix included. */
  server: string | undefined;
  /** IP addresses of its name. */
  addresses: readonly string[];
  /** End of the server certificate, ms since the epoch. */
  certificateExpires: number | undefined;
  /** Kind of credential, and its end (ms since the epoch) where it tells. */
  credential: { kind: string; expires: number | undefined } | undefined;
  /** That the server knows us, and as whom: the name only where our own credential says it, too. */
  user: { name: string | undefined } | undefined;
  /** Its clock minus ours, ms. */
  clockSkewMs: number | undefined;
  /** undefined: they could not be listed. */
  namespaces: readonly Namespace[] | undefined;
  access: readonly Granted[];
  /** Where the policy was put to the test, and how; undefined: no namespace takes part where we may write. */
  policy: { namespace: string; instance: string; probed: readonly Probed[] } | undefined;
}

export const NOTHING_YET: Inspection = {
  ended: undefined,
  server: undefined,
  addresses: [],
  certificateExpires: undefined,
  credential: undefined,
  user: undefined,
  clockSkewMs: undefined,
  namespaces: undefined,
  access: [],
  policy: undefined,
};
