import { isAzuresRefusal } from '../../check/azure.ts';
import { POLICY_SENTENCES } from './policy-sentences.ts';

const PLACES = new Set([
  'type',
  'immutable',
  'data',
  'stringData',
  'metadata',
  ...['name', 'namespace', 'labels', 'annotations', 'finalizers', 'ownerReferences'].map(
    (one) => `metadata.${one}`,
  ),
]);

/** Those that types of Secrets ask for. https://kubernetes.io/docs/concepts/configuration/secret/#secret-types */
const WELL_KNOWN_KEYS = new Set([
  'tls.crt',
  'tls.key',
  'ca.crt',
  '.dockerconfigjson',
  '.dockercfg',
  'username',
  'password',
  'ssh-privatekey',
]);

/** A field in words that are known beforehand: a path is text of the server's, and may repeat what it saw. */
function knownField(field: string): string | undefined {
  const [, place = '', key] = /^([A-Za-z.]{1,40})(?:\[([^\]]{0,253})\])?/.exec(field) ?? [];
  if (!PLACES.has(place)) return undefined;
  if (key === undefined) return place;
  return WELL_KNOWN_KEYS.has(key) ? `${place}[${key}]` : `${place}[...]`;
}

/** k8s.io/apimachinery, pkg/apis/meta/v1, CauseType: those of a field. */
const REASONS = new Set(
  ['NotFound', 'Required', 'Duplicate', 'Invalid', 'NotSupported', 'Forbidden', 'TooLong', 'TooMany'].map(
    (reason) => `FieldValue${reason}`,
  ),
).add('FieldValueTypeInvalid');

/** Field paths and reasons of a refusal, never the causes' messages: those quote values. */
export function refusedFields(causes: readonly { field: string; reason: string }[]): string[] {
  const known = causes.flatMap(({ field, reason }) => {
    const name = knownField(field);
    if (name === undefined) return [];
    return [REASONS.has(reason) ? `${name} (${reason})` : name];
  });
  return [...new Set(known)].slice(0, 10);
}

const POLICY = /ValidatingAdmissionPolicy '([a-z0-9.-]{1,253})' with binding '[^']*' denied request: ([^]*)$/;
const WEBHOOK = /admission webhook "[^"]*" denied the request/;
/** With the suffix that a copy for another instance has (nameSuffix of kustomize). */
const OURS = /^vaultcast-(consent|protect)(?:-[a-z0-9-]{1,63})?$/;

/** Who refused a Secret at admission, if anybody did, and in which words; `isOurs`: a policy of infra/kubernetes. */
interface AdmissionRefusal {
  by: string;
  isOurs: boolean;
}

/**
 * No word of the answer is passed on: it may repeat what it saw, names included. A sentence of our own policies is said when
 * it is one of theirs and names nothing but `words`, which are our own.
 */
export function admissionRefusal(message: string, words: ReadonlySet<string>): AdmissionRefusal | undefined {
  const [, policy = '', why = ''] = POLICY.exec(message) ?? [];
  const [, ours] = OURS.exec(policy) ?? [];
  if (ours !== undefined) {
    const sentence = isKnownSentence(why, words) ? `: ${why}` : '';
    return { by: `policy vaultcast-${ours}${sentence}`, isOurs: true };
  }
  if (policy !== '') return { by: 'an admission policy that is not of vaultcast', isOurs: false };
  return WEBHOOK.test(message) ? { by: 'an admission webhook', isOurs: false } : undefined;
}

function isKnownSentence(why: string, words: ReadonlySet<string>): boolean {
  return POLICY_SENTENCES.some((sentence) => {
    const names = sentence.exec(why)?.slice(1);
    return names?.every((name) => words.has(name)) === true;
  });
}

/** A 403 of the API server's, in words of ours. */
export function whyForbidden(message: string): string {
  if (/exceeded quota/.test(message)) return 'a quota of the namespace is used up';
  return isAzuresRefusal(message)
    ? 'Azure RBAC denies it: the identity needs a role of Azure on the cluster and its namespaces'
    : 'RBAC denies it';
}
