import { VaultcastError } from '../../../../shared/errors.ts';
import { parseProvenance } from '../../../../shared/source/provenance.ts';
import { SOURCES_ANNOTATION } from '../../../../shared/target/ownership.ts';
import type { SecretManifest } from '../../../../shared/target/secret.ts';
import type { Call } from './call.ts';
import { isAmong } from './history.ts';

/** The ValidatingAdmissionPolicy of the manifests, of which the API server's view of namespaces lags a little. */
export interface Admission {
  /** What a namespace (`cluster/namespace`) accepted before is what the policy sees for so long. */
  lag(namespace: string, accept: string, until: number): void;
  /** Why the policy refuses a write, if it does. */
  refusal(call: Call, accept: string, now: number): VaultcastError | undefined;
  /** How often it refused because its view lagged. */
  lagged: number;
}

/** @param clusters that have the policy */
export function createAdmission(clusters: readonly string[]): Admission {
  const views = new Map<string, { accept: string; until: number }>();
  const admission: Admission = {
    lagged: 0,
    lag: (namespace, accept, until) => void views.set(namespace, { accept, until }),
    refusal({ method, cluster, args }, accept, now) {
      const isAsked = cluster !== undefined && clusters.includes(cluster);
      if (!isAsked || !['create', 'tryCreate', 'replace'].includes(method)) return undefined;
      const { namespace, annotations } = args[1] as SecretManifest;
      const view = views.get(`${cluster}/${namespace}`);
      const seen = view !== undefined && view.until > now ? view.accept : accept;
      const sources = [...parseProvenance(annotations[SOURCES_ANNOTATION]).sources.keys()];
      const isIn = (shown: string): boolean =>
        sources.length > 0 && sources.every((name) => isAmong(shown, name));
      if (isIn(seen)) return undefined;
      if (isIn(accept)) admission.lagged += 1;
      return new VaultcastError('SECRET_INVALID', 'the admission policy refused the Secret');
    },
  };
  return admission;
}
