import type { Code } from '../errors.ts';
import { ACCEPT_ANNOTATION, type Acceptance, parseAccept } from './accept.ts';
import type { Namespace } from '../target/secret.ts';
import type { Observed } from '../deliver/observe.ts';
import { type Consent, isAccepted } from '../deliver/sources.ts';

/** What the namespace accepts, unless its cluster asks for no consent. Computed anew at every write, never cached. */
export function consentOf({ work, namespace }: Observed): Consent {
  if (!work.claim.cluster.spec.requireConsent) return 'everything';
  return namespace === undefined ? NONE : acceptanceOf(namespace);
}

const NONE = parseAccept(undefined);
const acceptances = new WeakMap<Namespace, Acceptance>();

/** What a namespace accepts as it was observed: read once per observation, however many targets it holds. */
function acceptanceOf(observed: Namespace): Acceptance {
  const acceptance = acceptances.get(observed) ?? parseAccept(observed.accept);
  acceptances.set(observed, acceptance);
  return acceptance;
}

/** Why nothing may be written into the namespace for this work, or undefined. */
export function consentRefusal(observed: Observed): { code: Code; message: string } | undefined {
  const { work, namespace } = observed;
  const { claim, source } = work;
  if (namespace === undefined)
    return { code: 'NAMESPACE_MISSING', message: `namespace ${claim.target.namespace} does not exist` };
  if (namespace.terminating)
    return { code: 'NAMESPACE_MISSING', message: `namespace ${namespace.name} is being deleted` };
  const consent = consentOf(observed);
  if (consent === 'everything') return undefined;
  if (namespace.accept === undefined)
    return {
      code: 'NOT_ACCEPTED',
      message: `namespace ${namespace.name} accepts no secrets (annotation ${ACCEPT_ANNOTATION} is missing)`,
    };
  if (source === undefined || isAccepted(consent, { vault: claim.route.spec.vault, name: source }))
    return undefined;
  return {
    code: 'NOT_ACCEPTED',
    message: `secret ${source} is not accepted by namespace ${namespace.name}${invalidOf(consent)}`,
  };
}

/** Entries that are malformed, for whoever wonders why they accept nothing: a few of them, in plain characters. */
function invalidOf({ invalid }: Acceptance): string {
  const shown = invalid.filter((entry) => entry !== '').slice(0, 3);
  if (shown.length === 0) return '';
  const plain = shown.map((entry) => entry.replace(/[^\w/.-]/g, '?')).join(', ');
  return ` (entries that accept nothing: ${plain})`;
}
