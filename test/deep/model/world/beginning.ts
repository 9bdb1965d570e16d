import { changeNamespace } from './people-cluster.ts';
import { plainRoute, putCluster, putRoute } from './people-registry.ts';
import { rotate } from './people-vault.ts';
import type { Model, Told } from './model.ts';
import { remember } from './remember.ts';
import type { Setting } from './shape.ts';
import { createUniverse } from './universe.ts';

/** Every namespace accepts its own tenant, every secret has a version; the rival is no route yet. */
export async function createModel(setting: Setting, tell: (told: Told) => void): Promise<Model> {
  const universe = createUniverse(setting);
  const { fleet } = universe;
  const model: Model = {
    universe,
    routes: new Map(),
    clusters: new Map(),
    namespaces: new Map(),
    backups: new Map(),
    versions: 0,
    since: new Map(),
    restored: new Map(),
    undelivered: [],
    events: 0,
    poisoned: 0,
    runs: [],
    held: [],
    tell: () => {},
  };
  for (const [cluster, name] of fleet.clusters.entries()) {
    await putCluster(model, name, { paused: false, removesOrphans: false });
    for (const namespace of fleet.namespaces.keys())
      changeNamespace(model, { cluster, namespace, how: 'accept', lagMs: 0 });
  }
  for (const name of ['app-1', 'app-2']) await putRoute(model, plainRoute(name, fleet));
  for (const secret of fleet.secrets.keys()) rotate(model, { secret, from: 'now' });
  remember(model);
  model.tell = tell;
  return model;
}
