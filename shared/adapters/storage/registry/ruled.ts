import type { Config } from '../../../config/config.ts';
import { ruledCluster, ruledRoute } from '../../../config/documents.ts';
import type { Ports, Rows } from '../../../ports.ts';

/** What only the deployment decides, whatever documents of the registry say. */
type Rules = Pick<Config, 'consentNotRequired' | 'allowedMetadata'>;

/** The registry with documents as the deployment lets them count, whoever reads them. */
export function ruledRegistry(registry: Ports['registry'], rules: Rules): Ports['registry'] {
  const ruled = async <T>(read: Promise<Rows<T>>, rule: (document: T) => T): Promise<Rows<T>> => {
    const { rows, bad } = await read;
    return { rows: rows.map(rule), bad };
  };
  const route = (document: Parameters<typeof ruledRoute>[1]) => ruledRoute(rules, document).document;
  return {
    routesByPrefix: (vault, prefixes, signal) =>
      ruled(registry.routesByPrefix(vault, prefixes, signal), route),
    routes: (signal) => ruled(registry.routes(signal), route),
    clusters: (signal) =>
      ruled(registry.clusters(signal), (document) => ruledCluster(rules, document).document),
  };
}

/** What documents ask for in vain; read anew, for it may be mended meanwhile. */
export async function unheededDocuments(
  registry: Pick<Ports['registry'], 'clusters' | 'routes'>,
  rules: Rules,
  signal: AbortSignal,
): Promise<{ about: string; message: string }[]> {
  const [clusters, routes] = await Promise.all([registry.clusters(signal), registry.routes(signal)]);
  const ruled = [
    ...clusters.rows.map((cluster) => ruledCluster(rules, cluster)),
    ...routes.rows.map((route) => ruledRoute(rules, route)),
  ];
  return ruled.flatMap(({ document: { kind, metadata }, unheeded }) =>
    unheeded === undefined ? [] : [{ about: `${kind} ${metadata.name}`, message: unheeded }],
  );
}
