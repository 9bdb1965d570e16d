import type { Failure } from '../errors.ts';
import type { SecretRef } from '../names.ts';
import type { Cluster } from '../registry/document.ts';
import { perObject } from '../remember.ts';
import { ACCEPT_ANNOTATION, accepts, parseAccept } from './accept.ts';
import type { Target } from './targets.ts';

/** The parts of a Namespace that decide consent. */
export interface Namespace {
  name: string;
  /** The annotation `vaultcast.dev/accept`, as written; undefined when it is missing. */
  accept: string | undefined;
  terminating: boolean;
}

/**
 * What a namespace accepts; `everything` where its cluster asks for no consent. Computed anew at every write, never cached: only
 * a namespace as observed once is read once.
 */
export function consentOf(cluster: Cluster, namespace: Namespace | undefined) {
  if (!cluster.spec.requireConsent) return 'everything';
  return namespace === undefined ? NONE : acceptanceOf(namespace);
}

const NONE = parseAccept(undefined);
const acceptanceOf = perObject(({ accept }: Namespace) => parseAccept(accept));

export function isAccepted(consent: ReturnType<typeof consentOf>, secret: SecretRef): boolean {
  return consent === 'everything' || accepts(consent, secret);
}

/** Why nothing may be written into the target's namespace because of this secret (or at all), or undefined. */
export function consentRefusal(
  { ref, route, cluster }: Pick<Target, 'ref' | 'route' | 'cluster'>,
  namespace: Namespace | undefined,
  secret: string | undefined,
): Failure | undefined {
  if (namespace === undefined)
    return { code: 'NAMESPACE_MISSING', message: `namespace ${ref.namespace} does not exist` };
  if (namespace.terminating)
    return { code: 'NAMESPACE_MISSING', message: `namespace ${namespace.name} is being deleted` };
  const consent = consentOf(cluster, namespace);
  if (consent === 'everything') return undefined;
  if (namespace.accept === undefined)
    return {
      code: 'NOT_ACCEPTED',
      message: `namespace ${namespace.name} accepts no secrets (annotation ${ACCEPT_ANNOTATION} is missing)`,
    };
  if (secret === undefined || isAccepted(consent, { vault: route.spec.vault, name: secret }))
    return undefined;
  return {
    code: 'NOT_ACCEPTED',
    message: `secret ${secret} is not accepted by namespace ${namespace.name}${invalidOf(consent.invalid)}`,
  };
}

/** Entries that are malformed, for whoever wonders why they accept nothing: a few of them, in plain characters. */
function invalidOf(invalid: readonly string[]): string {
  const shown = invalid.filter((entry) => entry !== '').slice(0, 3);
  if (shown.length === 0) return '';
  const plain = shown.map((entry) => entry.replace(/[^\w/.-]/g, '?')).join(', ');
  return ` (entries that accept nothing: ${plain})`;
}
