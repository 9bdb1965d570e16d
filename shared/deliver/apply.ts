import type { Code, Failure } from '../errors.ts';
import type { Ports } from '../ports.ts';
import type { Cluster } from '../registry/document.ts';
import type { Effect } from '../status/outcome.ts';
import type { Change } from '../target/change.ts';
import { SOURCES_ANNOTATION } from '../target/ownership.ts';
import { identityOf, type LiveSecret, NO_SECRET, type Written } from '../target/secret.ts';

/** What a change came to in the cluster. */
export type Applied =
  | ({ kind: 'stands'; code: Code; message: string } & Pick<Effect, 'action' | 'secret' | 'recorded'>)
  | ({ kind: 'failed' } & Failure);

/** A change that was not held back. */
type Free = Exclude<Change, { action: 'blocked' }>;

type Kubernetes = Pick<Ports, 'kubernetes'>;

/** Carries a change out, always on condition of what was observed. */
export async function apply(
  ports: Kubernetes,
  cluster: Cluster,
  change: Free,
  signal: AbortSignal,
): Promise<Applied> {
  switch (change.action) {
    case 'none':
      return unchanged(change.secret);
    case 'create':
      return written(await ports.kubernetes.create(cluster, change.manifest, signal), change, 'created');
    case 'update':
      return written(
        await ports.kubernetes.replace(cluster, change.manifest, change.secret, signal),
        change,
        'updated',
      );
    case 'replace':
      return replace(ports, cluster, change, signal);
    case 'delete': {
      const removed = await ports.kubernetes.remove(cluster, change.secret, signal);
      if (removed.kind !== 'written') return notWritten(removed.kind);
      const message = 'the Secret was removed with its last key';
      return {
        kind: 'stands',
        action: 'delete',
        code: 'REMOVED',
        message,
        secret: NO_SECRET,
        recorded: undefined,
      };
    }
  }
}

type Replacing = Extract<Change, { action: 'replace' }>;

/** The new Secret is tried first: what the cluster refuses must not cost the one that stands there. */
async function replace(
  { kubernetes }: Kubernetes,
  cluster: Cluster,
  change: Replacing,
  signal: AbortSignal,
): Promise<Applied> {
  const tried = await kubernetes.tryCreate(cluster, change.manifest, signal);
  // Nothing is in the way any more when it could be written: it is not the Secret that was observed.
  if (tried !== 'conflict') return notWritten(tried === 'written' ? 'conflict' : tried);
  const removed = await kubernetes.remove(cluster, change.secret, signal);
  if (removed.kind !== 'written') return notWritten(removed.kind);
  return written(await kubernetes.create(cluster, change.manifest, signal), change, 'created anew');
}

function unchanged(secret: LiveSecret): Applied {
  return {
    kind: 'stands',
    action: 'none',
    code: 'UNCHANGED',
    message: 'the Secret is up to date',
    secret: identityOf(secret),
    recorded: secret.annotations[SOURCES_ANNOTATION] ?? '',
  };
}

type Writing = Extract<Change, { action: 'create' | 'update' | 'replace' }>;

function written(result: Written, { action, manifest }: Writing, verb: string): Applied {
  if (result.kind !== 'written') return notWritten(result.kind);
  return {
    kind: 'stands',
    action,
    code: 'DELIVERED',
    message: `the Secret was ${verb}`,
    secret: identityOf(result),
    recorded: manifest.annotations[SOURCES_ANNOTATION] ?? '',
  };
}

function notWritten(kind: 'conflict' | 'namespace-missing'): Applied {
  return kind === 'conflict'
    ? { kind: 'failed', code: 'CONFLICT', message: 'the Secret changed between observation and write' }
    : { kind: 'failed', code: 'NAMESPACE_MISSING', message: 'the namespace went away before the write' };
}

const WOULD: Readonly<Record<Exclude<Free['action'], 'none'>, string>> = {
  create: 'the Secret would be created',
  update: 'the Secret would be updated',
  replace: 'the Secret would be deleted and created anew',
  delete: 'the Secret would be removed with its last key',
};

/** What `apply` would come to. */
export function rehearse(change: Free): Applied {
  if (change.action === 'none') return unchanged(change.secret);
  const secret = 'secret' in change ? identityOf(change.secret) : NO_SECRET;
  const { action } = change;
  return { kind: 'stands', action, code: 'PLANNED', message: WOULD[action], secret, recorded: undefined };
}
