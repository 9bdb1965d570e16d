import type { ApiStatus } from './api-status.ts';

/** What was asked, for the message and for telling apart what an answer means. */
export interface KubernetesCall {
  cluster: string;
  verb: 'get' | 'list' | 'create' | 'update' | 'delete';
  resource: 'namespaces' | 'secrets' | 'selfsubjectreviews' | 'selfsubjectaccessreviews';
  namespace?: string;
  name?: string;
}

/** Answers that decide something instead of failing. */
export type KubernetesDecision = 'absent' | 'namespace-missing' | 'conflict' | 'expired';

export const isWrite = ({ verb }: KubernetesCall): boolean => verb !== 'get' && verb !== 'list';

/** An answer other than 2xx. */
export interface AnsweredFailure {
  /** HTTP status. */
  code: number;
  status: ApiStatus;
  retryAfterMs: number | undefined;
}

/** `cluster weu-1, update secrets app-1/pg` */
export function describeCall({ cluster, verb, resource, namespace, name }: KubernetesCall): string {
  const object = [namespace, name].filter((part) => part !== undefined).join('/');
  return [`cluster ${cluster}, ${verb} ${resource}`, ...(object ? [object] : [])].join(' ');
}

/** Absence is believed only from a Status that names the very kind of thing that was asked for. */
function whatIsMissing(call: KubernetesCall, { kind, reason }: ApiStatus): KubernetesDecision | undefined {
  if (reason !== 'NotFound') return undefined;
  if (kind === 'namespaces' && call.resource === 'secrets' && isWrite(call)) return 'namespace-missing';
  if (kind !== call.resource) return undefined;
  if (call.verb === 'get') return 'absent';
  return call.verb === 'update' || call.verb === 'delete' ? 'conflict' : undefined;
}

/** What an answer decides; undefined: nothing, it is a failure. */
export function decisionOf(
  call: KubernetesCall,
  { code, status }: AnsweredFailure,
): KubernetesDecision | undefined {
  if (!status.isStatus) return undefined;
  if (code === 404) return whatIsMissing(call, status);
  if (code === 410 && call.verb === 'list') return 'expired';
  return code === 409 && isWrite(call) ? 'conflict' : undefined;
}
