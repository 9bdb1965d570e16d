import type { Code } from '../../errors.ts';
import { VaultcastError } from '../../errors.ts';
import { parseProvenance } from '../../source/provenance.ts';
import { SOURCES_ANNOTATION } from '../../target/ownership.ts';
import type { SecretManifest } from '../../target/secret.ts';
import { ExchangeFailure } from '../exchange-failure.ts';
import { parseRetryAfter } from '../http.ts';
import { networkFailure } from './network-failure.ts';
import { admissionRefusal, refusedFields, whyForbidden } from './refusal.ts';

/*
 * Everything that can go wrong between vaultcast and an API server.
 *
 * | what happened | becomes | retried | who mends it |
 * |---|---|---|---|
 * | refused, reset, no route, DNS | CLUSTER_UNREACHABLE | yes | platform: server address, network, cluster is down |
 * | certificate name, authority, expiry; handshake | CLUSTER_TLS | yes | platform: certificateAuthorityData, server |
 * | no connection, no answer, slow body | CLUSTER_TIMEOUT | yes | itself, or platform |
 * | time budget ended before it was sent, or no connection of ours was free | OUT_OF_TIME | yes | itself |
 * | 401, also with another token | CLUSTER_UNAUTHORIZED | yes | platform: audience, tenant, credential |
 * | no token to be had | TOKEN_UNAVAILABLE | yes | platform: the app's identity |
 * | 403 | CLUSTER_FORBIDDEN | yes | platform: RBAC of infra/kubernetes, or a quota |
 * | 403 of a namespace in deletion | NAMESPACE_MISSING | no | namespace owner |
 * | 404 of the object on GET | it is absent | - | - |
 * | 404 of the namespace on a write | it is missing | - | namespace owner |
 * | 404 of the Secret on PUT, DELETE; 409 | a conflict | - | the caller observes again |
 * | any other 404, HTML, redirect, not JSON, wrong object, too large | CLUSTER_FAILED | yes | platform: server address |
 * | 410 on a list | the list starts again | - | - |
 * | 400, 413, 422 on a write; refused by policy or webhook | SECRET_INVALID | no | route owner |
 * | 429 | CLUSTER_THROTTLED | yes | itself |
 * | 5xx | CLUSTER_FAILED | yes | platform |
 * | outside CLUSTER_HOSTS, CLUSTER_SCOPES | CLUSTER_NOT_ALLOWED | no | platform |
 */

/** What was asked, for the message and for telling apart what an answer means. */
export interface KubernetesCall {
  verb: 'get' | 'list' | 'create' | 'update' | 'delete';
  resource: 'namespaces' | 'secrets' | 'selfsubjectreviews' | 'selfsubjectaccessreviews';
  namespace?: string;
  name?: string;
  /** What a write sends: its names, and no others, may be repeated from an answer. */
  sent?: SecretManifest;
}

/** Answers that decide something instead of failing. */
type Decision = 'absent' | 'namespace-missing' | 'conflict' | 'expired';

/**
 * What an error of a call means. Never quotes a body: API servers repeat what they were sent, values included.
 *
 * @param now milliseconds since the epoch, for a Retry-After that is a date
 */
export function kubernetesFailure(
  error: unknown,
  cluster: string,
  call: KubernetesCall,
  now: number,
): VaultcastError | Decision {
  const what = describeCall(cluster, call);
  const located = (code: Code, why: string, retryAfterMs?: number): VaultcastError =>
    new VaultcastError(code, `${what}: ${why}`, { retryAfterMs });
  if (error instanceof VaultcastError) return located(error.code, error.message, error.retryAfterMs);
  if (error instanceof ExchangeFailure)
    return located(error.isSent ? EXCHANGE[error.kind] : 'OUT_OF_TIME', error.message);
  const answered = answerOf(error, now);
  if (!answered) return networkFailure(error, what);
  const decision = decisionOf(call, answered);
  if (decision) return decision;
  const [code, why] = refusalOf(call, answered);
  return located(code, why, answered.retryAfterMs);
}

const EXCHANGE = {
  unsent: 'OUT_OF_TIME',
  late: 'CLUSTER_TIMEOUT',
  'given-up': 'CLUSTER_TIMEOUT',
  'too-large': 'CLUSTER_FAILED',
  unusable: 'CLUSTER_FAILED',
} as const satisfies Record<ExchangeFailure['kind'], Code>;

/** `cluster weu-1, update secrets app-1/pg` */
function describeCall(cluster: string, { verb, resource, namespace, name }: KubernetesCall): string {
  const object = [namespace, name].filter((part) => part !== undefined).join('/');
  return [`cluster ${cluster}, ${verb} ${resource}`, ...(object ? [object] : [])].join(' ');
}

const isWrite = ({ verb }: KubernetesCall): boolean => verb !== 'get' && verb !== 'list';

/** The parts of a Status body we act on. https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/ */
interface ApiStatus {
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

/** An answer other than 2xx. */
interface AnsweredFailure {
  /** HTTP status. */
  code: number;
  status: ApiStatus;
  retryAfterMs: number | undefined;
}

function answerOf(error: unknown, now: number): AnsweredFailure | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, body, headers } = error as { code?: unknown; body?: unknown; headers?: unknown };
  if (typeof code !== 'number' || typeof headers !== 'object' || headers === null) return undefined;
  const retryAfter: unknown = Reflect.get(headers, 'retry-after');
  const wait = parseRetryAfter(typeof retryAfter === 'string' ? retryAfter : undefined, now);
  return { code, status: readStatus(body), retryAfterMs: wait };
}

/** What an answer decides; undefined: nothing, it is a failure. */
function decisionOf(call: KubernetesCall, { code, status }: AnsweredFailure): Decision | undefined {
  if (!status.isStatus) return undefined;
  if (code === 404) return whatIsMissing(call, status);
  if (code === 410 && call.verb === 'list') return 'expired';
  return code === 409 && isWrite(call) ? 'conflict' : undefined;
}

/** Absence is believed only from a Status that names the very kind of thing that was asked for. */
function whatIsMissing(call: KubernetesCall, { kind, reason }: ApiStatus): Decision | undefined {
  if (reason !== 'NotFound') return undefined;
  if (kind === 'namespaces' && call.resource === 'secrets' && isWrite(call)) return 'namespace-missing';
  if (kind !== call.resource) return undefined;
  if (call.verb === 'get') return 'absent';
  return call.verb === 'update' || call.verb === 'delete' ? 'conflict' : undefined;
}

function refusalOf(call: KubernetesCall, answered: AnsweredFailure): [Code, string] {
  const { code, status } = answered;
  const refuser = isWrite(call) && code < 500 ? admissionRefusal(status.message, wordsOf(call)) : undefined;
  if (refuser !== undefined) return ['SECRET_INVALID', `refused by ${refuser.by}`];
  if (code === 401)
    return ['CLUSTER_UNAUTHORIZED', 'the identity is not known; check the audience and the tenant'];
  if (code === 403) return forbidden(status);
  if (code === 429) return ['CLUSTER_THROTTLED', 'answered 429'];
  return isWrite(call) && isOurFault(answered) ? invalid(answered) : failed(code);
}

/** The names that a policy may have found in what we sent; none of its data. */
export function wordsOf({ namespace = '', name = '', sent }: KubernetesCall): ReadonlySet<string> {
  const words = new Set([namespace, name]);
  if (sent === undefined) return words;
  const { sources } = parseProvenance(sent.annotations[SOURCES_ANNOTATION]);
  for (const word of [sent.type, ...sources.keys()]) words.add(word);
  for (const key of [...Object.keys(sent.labels), ...Object.keys(sent.annotations)]) words.add(key);
  return words;
}

function forbidden(status: ApiStatus): [Code, string] {
  if (status.causes.some(({ reason }) => reason === 'NamespaceTerminating'))
    return ['NAMESPACE_MISSING', 'the namespace is being deleted'];
  return ['CLUSTER_FORBIDDEN', whyForbidden(status.message)];
}

/** A proxy on the way may say 413, too; any other 4xx counts only from the API server. */
const isOurFault = ({ code, status }: AnsweredFailure): boolean =>
  code === 413 || (status.isStatus && (code === 400 || code === 422));

function invalid({ code, status }: AnsweredFailure): [Code, string] {
  const fields = refusedFields(status.causes);
  if (code === 413) return ['SECRET_INVALID', 'it is too large'];
  return ['SECRET_INVALID', fields.length > 0 ? `refused: ${fields.join(', ')}` : `refused with ${code}`];
}

function failed(code: number): [Code, string] {
  if (code === 404)
    return ['CLUSTER_FAILED', 'answered 404, not as a Kubernetes API does; check the server address'];
  const isRedirect = code >= 300 && code < 400;
  const why = isRedirect ? ', a redirect, which is not followed; check the server address' : '';
  return ['CLUSTER_FAILED', `answered ${code}${why}`];
}
