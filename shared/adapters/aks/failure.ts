import type { Code } from '../../errors.ts';
import { VaultcastError } from '../../errors.ts';
import { ExchangeFailure } from '../exchange-failure.ts';
import { parseRetryAfter } from '../http.ts';
import { fieldsOf, headerOf, wordOf } from '../sdk-error.ts';

/*
 * Everything that can go wrong between vaultcast and Azure Resource Manager.
 *
 * | what happened | becomes | retried | who mends it |
 * |---|---|---|---|
 * | 401 | CLUSTER_UNAUTHORIZED | yes | platform: the tenant of the subscription |
 * | 403 | CLUSTER_FORBIDDEN | yes | platform: role Azure Kubernetes Service Cluster User Role |
 * | 404 | CLUSTER_UNREACHABLE | yes | platform: spec.aks |
 * | 400, 409 | CLUSTER_FAILED | yes | platform: the cluster is being made, stopped or broken |
 * | 429 | CLUSTER_THROTTLED | when it says | itself |
 * | 5xx, no connection, no answer in time, not JSON | CLUSTER_UNREACHABLE | yes | itself |
 * | no token | TOKEN_UNAVAILABLE | yes | platform: the app's identity |
 */

/**
 * What an error of the SDK means. Never quotes it.
 *
 * @param now milliseconds since the epoch, for a Retry-After that is a date
 */
export function armFailure(error: unknown, now: number): VaultcastError {
  if (error instanceof VaultcastError) return error;
  const fields = fieldsOf(error);
  const { statusCode: status } = fields;
  const detail = fieldsOf(fieldsOf(fields['details'])['error']);
  const code = wordOf(detail['code']) || wordOf(fields['code']);
  if (typeof status === 'number' && status >= 300) {
    const [becomes, why] = answered(status, code);
    const retryAfterMs = parseRetryAfter(headerOf(error, 'retry-after'), now);
    return new VaultcastError(becomes, `Azure Resource Manager: ${why}`, { retryAfterMs });
  }
  const why = code || wordOf(fields['name']) || 'unknown error';
  const said = error instanceof ExchangeFailure ? error.message : `no usable answer (${why})`;
  return new VaultcastError('CLUSTER_UNREACHABLE', `Azure Resource Manager: ${said}`);
}

const ROLE = 'Azure Kubernetes Service Cluster User Role';

const ANSWERS: Readonly<Record<number, [Code, string]>> = {
  401: ['CLUSTER_UNAUTHORIZED', "it refused the identity's token; check the tenant of the subscription"],
  403: ['CLUSTER_FORBIDDEN', `the identity may not look the cluster up; assign it the role ${ROLE}`],
  404: ['CLUSTER_UNREACHABLE', 'it has no such managed cluster; check spec.aks'],
  429: ['CLUSTER_THROTTLED', 'it answered 429'],
};

function answered(status: number, code: string): [Code, string] {
  const answer = `it answered ${[status, code].join(' ').trim()}`;
  return ANSWERS[status] ?? [status < 500 ? 'CLUSTER_FAILED' : 'CLUSTER_UNREACHABLE', answer];
}
