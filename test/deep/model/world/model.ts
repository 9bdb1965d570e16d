import type { FakeClusterPeople } from '../../../support/fakes/kubernetes-people.ts';
import type { ModelCluster, ModelRoute } from './history.ts';
import type { Universe } from './shape.ts';

/** The world, what people wrote in it, and what is on its way. */
export interface Model {
  universe: Universe;
  routes: Map<string, ModelRoute>;
  clusters: Map<string, ModelCluster>;
  /** `cluster/namespace` -> what it accepts. */
  namespaces: Map<string, string>;
  backups: Map<string, Backup>;
  /** How many versions there were. */
  versions: number;
  /** Since when (ms) a secret's latest version is the latest. */
  since: Map<string, number>;
  /** When (ms) a secret was last restored from a backup. */
  restored: Map<string, number>;
  /** Events that were not acknowledged: delivered again at that time. */
  undelivered: { secret: string; id: string; at: number; tries: number }[];
  events: number;
  /** Messages that failed until the host gave them up. */
  poisoned: number;
  /** Runs of the timer, the last one first. */
  runs: string[];
  /** Runs that held removals back, the last one first. */
  held: string[];
  /** Hears what happened, in plain words; about which targets and secrets. */
  tell: (told: Told) => void;
}

/** Of etcd, and of what the cluster's namespaces accepted then. */
export interface Backup {
  state: ReturnType<FakeClusterPeople['snapshot']>;
  namespaces: ReadonlyMap<string, string>;
}

export interface Told {
  who: string;
  what: string;
  /** Names of clusters, targets and secrets that it is about; none: it matters to all. */
  about: readonly string[];
  /** Something is another way than before. */
  isChange?: boolean;
}
