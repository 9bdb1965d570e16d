import type { Code } from '../../errors.ts';
import { VaultcastError } from '../../errors.ts';
import { decisionOf, describeCall, isWrite } from './call.ts';
import type { AnsweredFailure, KubernetesCall, KubernetesDecision } from './call.ts';
import { networkFailure } from './network-failure.ts';
import { admissionRefusal, readStatus, refusedFields } from './api-status.ts';
import type { ApiStatus } from './api-status.ts';
import { parseRetryAfter } from '../http.ts';

/*
 * Everything that can go wrong between vaultcast and an API server.
 *
 * | what happened | becomes | retried | who mends it |
 * |---|---|---|---|
 * | refused, reset, no route, DNS | CLUSTER_UNREACHABLE | yes | platform: server address, network, cluster is down |
 * | certificate name, authority, expiry; handshake | CLUSTER_TLS | yes | platform: certificateAuthorityData, server |
 * | no connection, no answer, slow body, time budget ended | CLUSTER_TIMEOUT | yes | itself, or platform |
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

function answerOf(error: unknown, now: number): AnsweredFailure | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, body, headers } = error as { code?: unknown; body?: unknown; headers?: unknown };
  if (typeof code !== 'number' || typeof headers !== 'object' || headers === null) return undefined;
  const retryAfter: unknown = Reflect.get(headers, 'retry-after');
  const wait = parseRetryAfter(typeof retryAfter === 'string' ? retryAfter : undefined, now);
  return { code, status: readStatus(body), retryAfterMs: wait };
}

function forbidden(status: ApiStatus): [Code, string] {
  if (status.causes.some(({ reason }) => reason === 'NamespaceTerminating'))
    return ['NAMESPACE_MISSING', 'the namespace is being deleted'];
  const why = /exceeded quota/.test(status.message)
    ? 'a quota of the namespace is used up'
    : 'RBAC denies it';
  return ['CLUSTER_FORBIDDEN', why];
}

function invalid({ code, status }: AnsweredFailure): [Code, string] {
  const fields = refusedFields(status);
  if (code === 413) return ['SECRET_INVALID', 'it is too large'];
  return ['SECRET_INVALID', fields.length > 0 ? `refused: ${fields.join(', ')}` : `refused with ${code}`];
}

const UNUSABLE: Readonly<Record<number, string>> = {
  404: 'answered 404, not as a Kubernetes API does; check the server address',
};

function failed({ code }: AnsweredFailure): [Code, string] {
  if (code >= 300 && code < 400)
    return [
      'CLUSTER_FAILED',
      `answered ${code}, a redirect, which is not followed; check the server address`,
    ];
  return ['CLUSTER_FAILED', UNUSABLE[code] ?? `answered ${code}`];
}

/** A proxy on the way may say 413, too; any other 4xx counts only from the API server. */
const isOurFault = ({ code, status }: AnsweredFailure): boolean =>
  code === 413 || (status.isStatus && (code === 400 || code === 422));

function refusalOf(call: KubernetesCall, answered: AnsweredFailure): [Code, string] {
  const { code, status } = answered;
  const refuser = isWrite(call) && code < 500 ? admissionRefusal(status) : undefined;
  if (refuser !== undefined) return ['SECRET_INVALID', `refused by ${refuser}`];
  if (code === 401)
    return ['CLUSTER_UNAUTHORIZED', 'the identity is not known; check the audience and the tenant'];
  if (code === 403) return forbidden(status);
  if (code === 429) return ['CLUSTER_THROTTLED', 'answered 429'];
  return isWrite(call) && isOurFault(answered) ? invalid(answered) : failed(answered);
}

const located = ({ code, message, retryAfterMs }: VaultcastError, call: KubernetesCall): VaultcastError =>
  new VaultcastError(code, `${describeCall(call)}: ${message}`, { retryAfterMs });

/**
 * What an error of a call means. Never quotes a body: API servers repeat what they were sent, values included.
 *
 * @param now milliseconds since the epoch, for a Retry-After that is a date
 */
export function kubernetesFailure(
  error: unknown,
  call: KubernetesCall,
  now: number,
): VaultcastError | KubernetesDecision {
  if (error instanceof VaultcastError) return located(error, call);
  const answered = answerOf(error, now);
  if (!answered) return networkFailure(error, describeCall(call));
  const decision = decisionOf(call, answered);
  if (decision) return decision;
  const [code, why] = refusalOf(call, answered);
  return new VaultcastError(code, `${describeCall(call)}: ${why}`, { retryAfterMs: answered.retryAfterMs });
}
