import type { Claim } from './bug.ts';
import { CLUSTER } from './bugs-cluster.ts';
import { CONSENT } from './bugs-consent.ts';
import { DEPLOYMENT } from './bugs-deployment.ts';
import { PLACES } from './bugs-places.ts';
import { VALUES } from './bugs-values.ts';

/**
 * The guards behind the threat model (infra/security.md), each taken away: the test that stands beside its claim there must
 * notice. Where a claim has two guards, one behind the other, both go.
 */
export const CLAIMS: readonly Claim[] = [...PLACES, ...VALUES, ...CONSENT, ...DEPLOYMENT, ...CLUSTER];
