import type { Failure } from '../errors.ts';
import type { Namespace } from '../route/consent.ts';
import type { PROBES } from './probes.ts';

/** An answer to "may I": something an identity may or may not do, in the words of Kubernetes' authorization. */
interface Granted {
  /** `needed`: without it vaultcast does not work. `excess`: nothing of vaultcast asks for it. */
  use: 'needed' | 'excess';
  verb: string;
  /** Perhaps with its subresource: `pods/exec`. */
  resource: string;
  group?: string;
  /** undefined: in the whole cluster. */
  namespace?: string;
  allowed: boolean;
  /** Azure RBAC refused it, by its own words; not every refusal of it says so. */
  byAzure?: boolean;
}

/** What became of a probe of the admission policy: that ours refused it, or that nobody did. */
interface Probed {
  probe: keyof typeof PROBES;
  /** `unclear`: it failed for another reason, and proves nothing. */
  outcome: 'refused' | 'let through' | 'unclear';
  /** In words: by whom it was refused, or why it is unclear. */
  why: string;
}

/**
 * A cluster as the app finds it, step by step. What is undefined was not reached: `ended` says where, and why. Nothing in it
 * is a credential.
 */
export interface Inspection {
  ended:
    | {
        /** In order, on the way to an API server: each needs the one before. */
        step: 'credential' | 'name' | 'tcp' | 'tls' | 'identity' | 'permission';
        failure: Failure;
      }
    | undefined;
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
