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

/** `FieldValueInvalid` and the like; k8s.io/apimachinery, CauseType. */
const REASON = /^Field[A-Z][A-Za-z]{1,30}$/;

/** Field paths and reasons of a refusal, never the causes' messages: those quote values. */
export function refusedFields({ causes }: ApiStatus): string[] {
  const known = causes.flatMap(({ field, reason }) => {
    const name = knownField(field);
    if (name === undefined) return [];
    return [REASON.test(reason) ? `${name} (${reason})` : name];
  });
  return [...new Set(known)].slice(0, 10);
}

const POLICY = /ValidatingAdmissionPolicy '([a-z0-9.-]{1,253})' with binding '[^']*' denied request: ([^]*)$/;
const WEBHOOK = /admission webhook "([a-z0-9.-]{1,253})" denied the request/;

const printable = (message: string): string =>
  message
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, 300);

/**
 * Who refused a Secret at admission, if anybody did. Only vaultcast's own policies are quoted: they speak of names. The
 * text of anybody else's may repeat what it saw.
 */
export function admissionRefusal({ message }: ApiStatus): string | undefined {
  const [, policy, why] = POLICY.exec(message) ?? [];
  if (policy !== undefined)
    return policy.startsWith('vaultcast') ? `policy ${policy}: ${printable(why ?? '')}` : `policy ${policy}`;
  const webhook = WEBHOOK.exec(message)?.[1];
  return webhook === undefined ? undefined : `admission webhook ${webhook}`;
}
