import type { Code } from '../errors.ts';
import type { Ports } from '../ports.ts';
import type { Change } from '../target/change.ts';
import type { LiveSecret, Written } from '../target/secret.ts';
import type { Claim } from '../route/targets.ts';
import { SOURCES_ANNOTATION } from '../target/ownership.ts';

/** What a decision came to in the cluster. */
export interface Done {
  code: Code;
  message: string;
  identity?: { uid: string; resourceVersion: string };
  sources?: string;
  created?: boolean;
}

type World = Pick<Ports, 'kubernetes'>;

/** Carries a decision out, always on condition of what was observed. */
export async function write(
  ports: World,
  claim: Claim,
  decision: Change,
  signal: AbortSignal,
): Promise<Done> {
  const { cluster } = claim;
  switch (decision.kind) {
    case 'unchanged':
    case 'wait':
    case 'refuse':
      return standing(decision);
    case 'create':
      return settled(await ports.kubernetes.create(cluster, decision.manifest, signal), decision, 'created');
    case 'replace':
      return settled(
        await ports.kubernetes.replace(cluster, decision.manifest, decision.live, signal),
        decision,
        'updated',
      );
    case 'recreate':
      return recreate(ports, claim, decision, signal);
    case 'remove': {
      const removed = await ports.kubernetes.remove(cluster, decision.live, signal);
      if (removed.kind !== 'written') return settled(removed, decision, 'removed');
      return { code: 'REMOVED', message: 'the Secret was removed with its last key', identity: NOWHERE };
    }
  }
}

/** The new Secret is tried first: what the cluster refuses must not cost the one that stands there. */
async function recreate(
  { kubernetes }: World,
  { cluster }: Claim,
  decision: Extract<Change, { kind: 'recreate' }>,
  signal: AbortSignal,
): Promise<Done> {
  const tried = await kubernetes.tryCreate(cluster, decision.manifest, signal);
  if (tried === 'namespace-missing') return settled({ kind: tried }, decision, 'created anew');
  // Nothing is in the way any more: it is not the Secret that was observed.
  if (tried === 'written') return settled({ kind: 'conflict' }, decision, 'created anew');
  const removed = await kubernetes.remove(cluster, decision.live, signal);
  if (removed.kind !== 'written') return settled(removed, decision, 'removed');
  return settled(await kubernetes.create(cluster, decision.manifest, signal), decision, 'created anew');
}

const NOWHERE = { uid: '', resourceVersion: '' };

/** A decision that needs no write. */
type Standing = Extract<Change, { kind: 'unchanged' | 'wait' | 'refuse' }>;

function standing(decision: Standing): Done {
  if (decision.kind === 'refuse') return { code: 'RENDER_REFUSED', message: decision.message };
  if (decision.kind === 'wait') return { code: 'CONFLICT', message: decision.message };
  return unchanged(decision.live);
}

function unchanged({ uid, resourceVersion, annotations }: LiveSecret): Done {
  const sources = annotations[SOURCES_ANNOTATION] ?? '';
  return {
    code: 'UNCHANGED',
    message: 'the Secret is up to date',
    identity: { uid, resourceVersion },
    sources,
  };
}

function settled(written: Written, decision: Change, verb: string): Done {
  switch (written.kind) {
    case 'conflict':
      return { code: 'CONFLICT', message: 'the Secret changed between observation and write' };
    case 'namespace-missing':
      return { code: 'NAMESPACE_MISSING', message: 'the namespace went away before the write' };
    case 'written': {
      const { uid, resourceVersion } = written;
      const sources = 'manifest' in decision ? (decision.manifest.annotations[SOURCES_ANNOTATION] ?? '') : '';
      const created = decision.kind === 'create' || decision.kind === 'recreate';
      return {
        code: 'DELIVERED',
        message: `the Secret was ${verb}`,
        identity: { uid, resourceVersion },
        sources,
        created,
      };
    }
  }
}

const WOULD: Readonly<Record<Exclude<Change['kind'], Standing['kind']>, string>> = {
  create: 'the Secret would be created',
  replace: 'the Secret would be updated',
  recreate: 'the Secret would be deleted and created anew',
  remove: 'the Secret would be removed with its last key',
};

/** What `write` would do. */
export function rehearse(decision: Change): Done {
  if (decision.kind === 'unchanged' || decision.kind === 'wait' || decision.kind === 'refuse')
    return standing(decision);
  return { code: 'PLANNED', message: WOULD[decision.kind] };
}
