import { accepts, parseAccept } from '../route/accept.ts';
import { ownershipOf } from '../target/ownership.ts';
import type { SecretManifest } from '../target/secret.ts';

/** Writes that the admission policy must refuse, whatever RBAC allows; but `own`, which it must let through. */
type Probe = 'own' | 'unmanaged' | 'instance' | 'steering' | 'token-type' | 'unaccepted';

export const PROBES: Readonly<Record<Probe, string>> = {
  own: 'a Secret as vaultcast writes it',
  unmanaged: 'a Secret that is not marked as managed by vaultcast',
  instance: 'a Secret of another instance',
  steering: 'an annotation that no route may set',
  'token-type': 'a token of a service account',
  unaccepted: 'a source that the namespace does not accept',
};

/** Of the Secret that is never made: every probe is a dry run. */
interface ProbePlace {
  cluster: string;
  namespace: string;
  name: string;
  /** The instance of vaultcast that asks. */
  instance: string;
}

/**
 * The Secret of a probe, each wrong in one respect at most; undefined when the namespace accepts whatever could be tried.
 * `accept`: its annotation.
 */
export function probeSecret(
  probe: Probe,
  { instance, ...place }: ProbePlace,
  accept: string | undefined,
): SecretManifest | undefined {
  const source = probe === 'unaccepted' ? unacceptedSource(accept) : acceptedSource(accept);
  if (source === undefined) return undefined;
  const of = probe === 'instance' ? OTHER : instance;
  const { labels, annotations } = ownershipOf(place, of, PROBER, `${source}@${VERSION}:0`);
  const more: Readonly<Record<string, string>> = EXTRA[probe] ?? {};
  return {
    namespace: place.namespace,
    name: place.name,
    type: probe === 'token-type' ? 'kubernetes.io/service-account-token' : 'Opaque',
    immutable: false,
    labels: probe === 'unmanaged' ? {} : labels,
    annotations: { ...annotations, ...more },
    finalizers: [],
    data: {},
  };
}

/** Route of Secrets that are never made, and vault and name of sources that nobody has. */
const PROBER = 'vaultcast-check';
const OTHER = 'vaultcast-check-other';
/** The API server itself asks a token for the name of its account, before any policy sees it. */
const EXTRA: Partial<Record<Probe, Record<string, string>>> = {
  steering: { 'vaultcast-check.invalid/steer': 'true' },
  'token-type': { 'kubernetes.io/service-account.name': 'default' },
};
const VERSION = '0'.repeat(32);

/** A source that nobody has, and that the namespace's entries do not cover; undefined: they cover every name tried. */
function unacceptedSource(accept: string | undefined): string | undefined {
  const acceptance = parseAccept(accept);
  const names = [PROBER, `${PROBER}--probe`, `zz-${PROBER}--probe`];
  const name = names.find((one) => !accepts(acceptance, { vault: PROBER, name: one }));
  return name && `${PROBER}/${name}`;
}

/** A source that they do cover, so that nothing but what is tried is wrong. */
function acceptedSource(accept: string | undefined): string {
  const [entry] = parseAccept(accept).entries;
  const name = entry?.name.endsWith('--') === true ? `${entry.name}${PROBER}` : entry?.name;
  return `${entry?.vault ?? PROBER}/${name ?? PROBER}`;
}
