import type { Route } from '../../registry/document.ts';
import { consentsOf } from './consent.ts';
import type { Converted, Draft, Obstacle } from './draft.ts';
import { isObstacle, placeText } from './draft.ts';
import { onePerSecret } from './merge.ts';
import { routeOf } from './routes.ts';
import type { Surroundings } from './surroundings.ts';

/** All that an import comes to. */
export interface ImportPlan {
  routes: readonly MadeRoute[];
  consents: readonly Consent[];
  items: readonly ReportItem[];
}

/** A Route as it is to be written, and as it is understood. */
interface MadeRoute {
  draft: Draft;
  written: object;
  route: Route;
  differences: readonly string[];
}

/** What a namespace has to say so that it gets what the routes send it. */
interface Consent {
  namespace: string;
  /** The annotation, whole: what was there before stays. */
  accept: string;
  /** Whether it says so already. */
  given: boolean;
  /** Secrets that the routes send there and the annotation does not accept: a label decided it. */
  refused: readonly string[];
}

/** What became of one object (of several, where they make one Secret). */
interface ReportItem {
  result: 'converted' | 'different' | 'cannot' | 'nothing';
  from: Draft['origins'];
  /** Name of the Route. */
  route?: string;
  /** `app-1/pg`, of each Secret that the route makes. */
  secrets?: readonly string[];
  /** Differences; why it cannot be, and what to do; why there is nothing to do. */
  notes: readonly string[];
}

/** What all routes of one import share. */
interface Frame {
  /** Alias -> origin, as the app has them. */
  vaults: ReadonlyMap<string, string>;
  /** As a Route selects its clusters. */
  clusters: object;
  /** See {@link consentsOf}. */
  label: string | undefined;
}

export function planImport(
  converted: readonly Converted[],
  frame: Frame,
  surroundings: Surroundings,
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
    const made = routeOf(one.draft, vaults, frame.clusters, taken);
    if (isObstacle(made)) {
      others.push(...refusedItems(one.draft.origins, made));
      continue;
    }
    vaults.set(made.route.spec.vault, one.draft.vaultUrl);
    routes.push(made);
  }
  const consents = consentsOf(
    routes.map(({ route }) => route),
    surroundings,
    frame.label,
  );
  return { routes, consents, items: [...routes.map(itemOf), ...others] };
}

function itemOf(route: MadeRoute): ReportItem {
  const { draft, differences } = route;
  return {
    result: differences.length === 0 ? 'converted' : 'different',
    from: draft.origins,
    route: route.route.metadata.name,
    secrets: draft.namespaces.map((namespace) => placeText({ namespace, name: draft.secret })),
    notes: differences,
  };
}

function itemOfOther(other: Exclude<Converted, { state: 'draft' }>): ReportItem {
  if (other.state === 'nothing') return { result: 'nothing', from: [other.origin], notes: [other.why] };
  const notes = other.obstacles.map(({ why, todo }) => `${why}. ${todo}`.trim());
  return { result: 'cannot', from: [other.origin], notes };
}

function refusedItems(origins: Draft['origins'], obstacle: Obstacle): ReportItem[] {
  return origins.map((origin) => itemOfOther({ state: 'cannot', origin, obstacles: [obstacle] }));
}
