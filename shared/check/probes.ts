import type { SecretManifest } from '../target/secret.ts';
import { ownershipOf } from '../target/ownership.ts';
import type { Acceptance } from '../route/accept.ts';
import { accepts } from '../route/accept.ts';

/** Writes that the admission policy must refuse, whatever RBAC allows. */
export type Probe = 'unmanaged' | 'unaccepted' | 'token-type';

export const PROBES: Readonly<Record<Probe, string>> = {
  unmanaged: 'a Secret that is not marked as managed by vaultcast',
  unaccepted: 'a source that the namespace does not accept',
  'token-type': 'a token of a service account',
};

export interface ProbePlace {
  cluster: string;
  namespace: string;
  /** Of the Secret that is never made: every probe is a dry run. */
  name: string;
}

/** A source that nobody has, and that the namespace's entries do not cover; undefined: they cover every name tried. */
function unacceptedSource(acceptance: Acceptance): string | undefined {
  const names = ['vaultcast-check', 'vaultcast-check--probe', 'zz-vaultcast-check--probe'];
  return names.find((name) => !accepts(acceptance, { vault: 'vaultcast-check', name }));
}

/** A source that they do cover, so that nothing but the type of a Secret is wrong. */
function acceptedSource({ entries }: Acceptance): string {
  const [entry] = entries;
  const name = entry?.name.endsWith('--') === true ? `${entry.name}vaultcast-check` : entry?.name;
  return `${entry?.vault ?? 'vaultcast-check'}/${name ?? 'vaultcast-check'}`;
}

/** Instance and route of Secrets that are never made. */
const PROBER = 'vaultcast-check';

const recorded = (source: string): string => `${source}@00000000000000000000000000000000:0`;

/** The Secret of a probe, each wrong in one respect only; undefined when the namespace accepts whatever could be tried. */
export function probeSecret(
  probe: Probe,
  place: ProbePlace,
  acceptance: Acceptance,
): SecretManifest | undefined {
  const source = probe === 'unaccepted' ? unacceptedSource(acceptance) : undefined;
  if (probe === 'unaccepted' && source === undefined) return undefined;
  const sources = source === undefined ? acceptedSource(acceptance) : `vaultcast-check/${source}`;
  const owned = ownershipOf(place, PROBER, PROBER, recorded(sources));
  const isToken = probe === 'token-type';
  return {
    namespace: place.namespace,
    name: place.name,
    type: isToken ? 'kubernetes.io/service-account-token' : 'Opaque',
    immutable: false,
    labels: probe === 'unmanaged' ? {} : owned.labels,
    annotations: {
      ...owned.annotations,
      ...(isToken && { 'kubernetes.io/service-account.name': 'default' }),
    },
    finalizers: [],
    data: {},
  };
}
