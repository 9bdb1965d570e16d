import type { Cluster, Route } from '../registry/document.ts';
import type { Config } from './config.ts';
import { allowsKey } from './metadata.ts';

/** A document as it counts where only the deployment decides, and in words what it asks for in vain. */
interface Ruled<T> {
  document: T;
  unheeded: string | undefined;
}

/** Whether namespaces are asked is the deployment's decision alone: whoever writes the registry must not consent for them. */
export function ruledCluster(
  { consentNotRequired }: Pick<Config, 'consentNotRequired'>,
  cluster: Cluster,
): Ruled<Cluster> {
  const { name } = cluster.metadata;
  const requireConsent = !consentNotRequired.has(name);
  const isVain = requireConsent && !cluster.spec.requireConsent;
  if (requireConsent === cluster.spec.requireConsent) return { document: cluster, unheeded: undefined };
  return {
    document: { ...cluster, spec: { ...cluster.spec, requireConsent } },
    unheeded: isVain
      ? `spec.requireConsent: false counts no more, and namespaces are asked: remove it, or set CONSENT_NOT_REQUIRED=${name} on the app`
      : undefined,
  };
}

/** A route sets the labels and annotations that ALLOWED_METADATA lists; what stands on its Secrets already stays. */
export function ruledRoute({ allowedMetadata }: Pick<Config, 'allowedMetadata'>, route: Route): Ruled<Route> {
  const { labels, annotations } = route.spec;
  const isAllowed = (key: string): boolean => allowsKey(allowedMetadata, key);
  const refused = [...Object.keys(labels ?? {}), ...Object.keys(annotations ?? {})].filter(
    (key) => !isAllowed(key),
  );
  if (refused.length === 0) return { document: route, unheeded: undefined };
  const spec = {
    ...route.spec,
    ...(labels && { labels: only(labels, isAllowed) }),
    ...(annotations && { annotations: only(annotations, isAllowed) }),
  };
  return { document: { ...route, spec }, unheeded: refusedText(refused) };
}

function only(metadata: Record<string, string>, isAllowed: (key: string) => boolean): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).filter(([key]) => isAllowed(key)));
}

const SHOWN = 5;

function refusedText(keys: readonly string[]): string {
  const more = keys.length > SHOWN ? ` and ${keys.length - SHOWN} more` : '';
  const shown = keys.slice(0, SHOWN).join(', ');
  return `the labels and annotations ${shown}${more} are not set: remove them, or list them in ALLOWED_METADATA of the app`;
}
