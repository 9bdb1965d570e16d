import { parseObject } from '../wire/json.ts';
import { timestamp } from '../storage/objects.ts';
import type { Ask } from './requests.ts';
import { invalid } from '../wire/status.ts';
import type { User } from './users.ts';

/** "Who am I" and "may I": every authenticated user may ask. */

export const SELF_REVIEW = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
export const ACCESS_REVIEW = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';

export function selfReview({ name, groups }: User, now: Date): object {
  return {
    kind: 'SelfSubjectReview',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { creationTimestamp: timestamp(now) },
    status: { userInfo: { username: name, groups } },
  };
}

const textOrNone = (value: unknown) => (typeof value === 'string' ? value : '');

export function accessReview(body: string, allowed: (ask: Ask) => boolean): object {
  const { spec } = parseObject(body, 'SelfSubjectAccessReview');
  const { resourceAttributes } = (spec ?? {}) as { resourceAttributes?: Record<string, unknown> };
  if (!resourceAttributes) {
    const message =
      'Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified';
    throw invalid({ kind: '', group: 'authorization.k8s.io' }, '', [
      { reason: 'FieldValueInvalid', message, field: 'spec.resourceAttributes' },
    ]);
  }
  const { verb, resource, namespace, name } = resourceAttributes;
  const ask = {
    verb: textOrNone(verb),
    resource: textOrNone(resource),
    namespace: textOrNone(namespace),
    name: textOrNone(name),
  };
  return {
    kind: 'SelfSubjectAccessReview',
    apiVersion: 'authorization.k8s.io/v1',
    metadata: {},
    spec: { resourceAttributes },
    status: { allowed: allowed(ask) },
  };
}
