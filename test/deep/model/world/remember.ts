import { isBroken, type Moment } from './history.ts';
import type { Model } from './model.ts';
import { VAULT } from './vault.ts';

/** The world as it is now becomes part of what an instance may have seen. */
export function remember({ universe, routes, clusters, namespaces, since, restored }: Model): void {
  const { vault, time, fleet, history } = universe;
  const secrets = fleet.secrets.map((name) => {
    const versions = vault.people.history(VAULT, name);
    const latest = versions.at(-1);
    const wasBroken = versions.some(isBroken);
    const isDeleted = vault.people.latest(VAULT, name) === undefined;
    const dates = { since: since.get(name) ?? 0, restored: restored.get(name) ?? 0 };
    return [name, { latest, isDeleted, wasBroken, ...dates }] as const;
  });
  const moment: Moment = {
    at: time.now(),
    vault: new Map(secrets),
    routes: new Map(routes),
    clusters: new Map(clusters),
    namespaces: new Map(namespaces),
  };
  history.add(moment);
  for (const one of universe.observers) one.changed?.();
}
