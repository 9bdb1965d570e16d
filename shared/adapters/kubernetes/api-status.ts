import { POLICY_SENTENCES } from './policy-sentences.ts';

/** The parts of a Status body we act on. https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/ */
export interface ApiStatus {
  /** False: something in between answered, or another kind of server. */
  isStatus: boolean;
  reason: string;
  message: string;
  /** What was missing, such as `secrets` or `namespaces`. */
  kind: string;
  causes: readonly { field: string; reason: string }[];
}

const record = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function parse(body: unknown): Record<string, unknown> {
  if (typeof body !== 'string') return {};
  try {
    return record(JSON.parse(body));
  } catch {
    return {};
  }
}

/** Reads an error body; never throws, and anything that is no Status reads as an empty one. */
export function readStatus(body: unknown): ApiStatus {
  const status = parse(body);
  const details = record(status['details']);
  const causes = Array.isArray(details['causes']) ? details['causes'].map(record) : [];
  return {
    isStatus: status['kind'] === 'Status',
    reason: text(status['reason']),
    message: text(status['message']),
    kind: text(details['kind']),
    causes: causes.map((cause) => ({ field: text(cause['field']), reason: text(cause['reason']) })),
  };
}

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
export function refusedFields({ causes }: ApiStatus): string[] {
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
export function admissionRefusal(
  { message }: ApiStatus,
  words: ReadonlySet<string>,
): AdmissionRefusal | undefined {
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
