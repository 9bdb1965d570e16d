import type { Converted } from './draft.ts';
import { isObstacle } from './draft.ts';
import type { Consent } from './consent.ts';
import { consentsOf } from './consent.ts';
import { onePerSecret } from './merge.ts';
import { itemOf, itemOfOther } from './report.ts';
import type { ReportItem } from './report.ts';
import { routeOf } from './routes.ts';
import type { Frame, MadeRoute } from './routes.ts';
import type { Surroundings } from './surroundings.ts';

/** All that an import comes to. */
export interface ImportPlan {
  routes: readonly MadeRoute[];
  consents: readonly Consent[];
  items: readonly ReportItem[];
}

/** @param label see {@link consentsOf} */
export function planImport(
  converted: readonly Converted[],
  frame: Frame,
  surroundings: Surroundings,
  label: string | undefined,
): ImportPlan {
  const routes: MadeRoute[] = [];
  const others: ReportItem[] = [];
  const vaults = new Map(frame.vaults);
  for (const one of onePerSecret(converted)) {
    if (one.state !== 'draft') {
      others.push(itemOfOther(one));
      continue;
    }
    const taken = new Set(routes.map(({ route }) => route.metadata.name));
    const made = routeOf(one.draft, { ...frame, vaults }, taken);
    if (isObstacle(made)) {
      others.push(...refusedItems(one.draft.origins, made));
      continue;
    }
    vaults.set(made.route.spec.vault, one.draft.vaultUrl);
    routes.push(made);
  }
  const consents = consentsOf(
    routes.map(({ route }) => route),
    (name) => surroundings.namespace(name),
    labelledBy(label, surroundings),
    label,
  );
  return { routes, consents, items: [...routes.map(itemOf), ...others] };
}

function refusedItems(
  origins: readonly ReportItem['from'][number][],
  obstacle: Parameters<typeof isObstacle>[0] & { why: string; todo: string },
): ReportItem[] {
  return origins.map((origin) => itemOfOther({ state: 'cannot', origin, obstacles: [obstacle] }));
}

/** Namespaces that bear the label: they consent whether a route of today sends them something or not. */
function labelledBy(label: string | undefined, { namespaces = [] }: Surroundings) {
  return label === undefined ? [] : namespaces.filter(({ labels }) => (labels[label] ?? '') !== '');
}
