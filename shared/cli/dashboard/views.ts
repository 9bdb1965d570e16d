import type { z } from 'zod';
import type { run } from '../../output/run-schema.ts';
import type { clusterStatus, problem, secretStatus, target } from '../../output/schema.ts';

/**
 * Everything that the page is told, by the name of the view that it asks for: `api/fleet`. What a command prints with `-o json`
 * has the same shape here, as shared/output/schema.ts has it: targets, problems, runs, a secret. Times are ISO 8601; what is
 * not known is absent. No value is in any of it, and nothing that was made from one.
 */
export interface Views {
  session: Session;
  fleet: { kind: 'Fleet'; metadata: Seen & { counts: Counts }; items: readonly FleetCluster[] };
  /** `counts`: by state, of whichever state the items are. */
  targets: {
    kind: 'TargetList';
    metadata: Seen & Part & { counts: Counts };
    items: readonly z.output<typeof target>[];
  };
  secrets: { kind: 'SecretList'; metadata: Seen & Part; items: readonly SecretItem[] };
  secret: SecretView;
  problems: { kind: 'ProblemGroups'; metadata: Seen & { total: number }; items: readonly ProblemGroup[] };
  runs: { kind: 'RunGroups'; metadata: Seen; items: readonly RunItem[] };
  /** One run at each of its clusters, those that went wrong first. */
  run: { kind: 'RunList'; metadata: Seen & Part; items: readonly z.output<typeof run>[] };
  /** The soonest first; what has expired already comes before. */
  expiry: {
    kind: 'Expiry';
    metadata: Seen & { from: string; days: number };
    items: readonly ExpiringSecret[];
  };
  routes: { kind: 'RouteConsent'; metadata: Seen; items: readonly RouteItem[] };
}

/** How a view was read. */
interface Seen {
  readAt: string;
  /** Clusters that were read so far, of how many: with a thousand of them the first round takes its time. */
  read: number;
  of: number;
  /** How many problems there are anywhere. */
  problems: number;
  /** What could not be read, for people. */
  notSeen: readonly string[];
}

/** A part of a long list. */
interface Part {
  /** Of the first item here. */
  offset: number;
  /** Of all that were asked for. */
  total: number;
}

type Counts = Readonly<Record<string, number>>;

/** Who looks, at what, and what may be done besides looking. */
interface Session {
  version: string;
  /** Where the tables are: a host. */
  registry: string;
  /** Whether the queue is known, by which the app is told what somebody acknowledges. */
  canAcknowledge: boolean;
  /** What the local stack lets people do; of a deployment there is none. */
  actions: readonly { id: string; label: string }[];
}

export interface FleetCluster extends z.output<typeof clusterStatus> {
  /**
   * How it is in a word, the worst first: `down` keeps failing, or could not be looked at; `attention`: a person must act
   * there; `waiting`: vaultcast tries again; `unknown`: nobody looked at it yet.
   */
  level: 'down' | 'attention' | 'waiting' | 'paused' | 'unknown' | 'well';
  /** Why, in a sentence. */
  because: string;
  /** The last run that looked at everything there. */
  lastComplete?: { name: string; finishedAt: string };
}

interface SecretItem {
  vault: string;
  name: string;
  counts: Counts;
  deliveredAt?: string;
}

/** A version in the vault, as far as the person may look there; never its value. */
interface VersionItem {
  version: string;
  created: string;
  enabled: boolean;
  notBefore?: string;
  expires?: string;
}

/** One of the last deliveries to a target of the secret. */
interface Delivery {
  at: string;
  cluster: string;
  namespace: string;
  name: string;
  version: string;
  /** From the making of the version to the write, milliseconds, where it was measured. */
  ms?: number;
}

/** How a version came to its targets, as far as their rows keep it. */
interface Arrivals {
  version: string;
  /** In how many targets it came. */
  total: number;
  /** Of the one that it came to last, where that was measured. */
  slowestMs?: number;
  /** Newest first, at most so many as a person looks at. */
  items: readonly Delivery[];
}

/** `status.targets` are all of them when they are few, and else some that are not synced; `status.counts` count all. */
interface SecretView extends z.output<typeof secretStatus> {
  metadata: z.output<typeof secretStatus>['metadata'] & Seen;
  /** Newest first. */
  versions: readonly VersionItem[];
  /** By version; those of the newest delivery first. */
  arrivals: readonly Arrivals[];
}

/** Problems with the same cause. */
interface ProblemGroup {
  reason: z.output<typeof problem>['status']['reason'];
  meaning: string;
  total: number;
  /** Since when the newest and the oldest of them are there. */
  newest?: string;
  oldest?: string;
  /** In how many clusters they are; their names where they are few. */
  clusters: number;
  named: readonly string[];
  /** Commands that help, each once. */
  help: readonly string[];
  acknowledged: number;
  /** The newest first, at most so many as a person looks at. */
  items: readonly z.output<typeof problem>[];
}

/** A run, or a command, over all clusters that it went through. */
interface RunItem {
  name: string;
  command: z.output<typeof run>['spec']['command'];
  route?: string;
  /** Who asked for it, as claimed; absent where the timer did. */
  author?: string;
  startedAt: string;
  finishedAt?: string;
  /** Clusters by the state of the run there. */
  clusters: Counts;
  targets: { done: number; total: number };
  outcomes: Counts;
}

interface ExpiringSecret {
  vault: string;
  name: string;
  expires: string;
  targets: number;
}

/** What the last looks found of a route in one namespace: in how many clusters it accepts, refuses, or nobody looked. */
interface RouteNamespace {
  namespace: string;
  accepted: number;
  refused: readonly string[];
  unknown: number;
}

interface RouteItem {
  name: string;
  vault: string;
  /** Empty: all secrets of the vault. */
  prefix: string;
  layout: string;
  paused: boolean;
  /** How it selects clusters, and how many it reaches. */
  selector: string;
  clusters: number;
  namespaces: readonly RouteNamespace[];
}

/** The runbook as infra/build.ts takes it apart: by code, what each of its lines is about, in text and code. */
export type Runbook = Readonly<
  Record<string, readonly { about: string; text: readonly { text: string; code: boolean }[] }[]>
>;
