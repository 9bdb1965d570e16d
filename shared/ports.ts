import type { Admission } from './admission/admission.ts';
import type { Task } from './event/task.ts';
import type { Failure } from './errors.ts';
import type { Inspection } from './check/inspection.ts';
import type { ListBudget } from './list-budget.ts';
import type { SecretRef, TargetRef } from './names.ts';
import type { BadRow, Cluster, Route } from './registry/document.ts';
import type { BackOff } from './retry/back-off.ts';
import type { PushMessage, ReconcileMessage } from './retry/message.ts';
import type { Namespace } from './route/consent.ts';
import type { Listing, SourceRead, VersionProperties } from './source/source.ts';
import type { LogLine } from './status/log-line.ts';
import type { RunStatus } from './status/run.ts';
import type { TargetStatus } from './status/target.ts';
import type { LiveSecret, SecretManifest, SecretMetadata, Written } from './target/secret.ts';
import type { Clock } from './time.ts';

/** What the invocations of one process share: it bounds what the process does at once, and nothing is lost with it. */
interface Process {
  /** Runs a task at a cluster when its turn comes. */
  turns: <T>(cluster: string, task: () => Promise<T>) => Promise<T>;
  admission: Admission<Task>;
  /** For events: what they ask for may be up to two seconds old. */
  routing: Pick<Registry, 'routesByPrefix' | 'clusters'>;
  /** For events, too. */
  status: Pick<Status, 'backOffs'> & {
    /**
     * Whether people may be reading that this, which is no target of a cluster, is a problem: false only when they do not.
     * Never rejects, and takes two seconds at most.
     */
    isProblem(about: TargetRef): Promise<boolean>;
  };
}

/** What steers the app besides the world. */
export interface Settings {
  /** Alias -> origin of each vault, as VAULTS configures them. */
  vaults: ReadonlyMap<string, string>;
  /** This deployment's name, on every Secret it owns. */
  instance: string;
  process: Process;
  /** An event is acknowledged within this time: what is not done by then goes to the queue. */
  eventBudgetMs: number;
}

/**
 * The whole outside world. Adapters implement these; `app.ts` alone knows them. Every method rejects only with
 * VaultcastError, honours its signal (the connection is given up, not just the promise) and has a timeout of its own.
 */
export interface Ports {
  vault: KeyVault;
  registry: Registry;
  kubernetes: Kubernetes;
  queue: Queue;
  status: Status;
  log: Log;
  clock: Clock;
}

interface KeyVault {
  /** The latest version with its value, or a proof that the secret is disabled or deleted; one request. */
  read(secret: SecretRef, signal: AbortSignal): Promise<SourceRead>;
  /** One older version with its value. */
  readVersion(secret: SecretRef, version: string, signal: AbortSignal): Promise<SourceRead>;
  /**
   * The certificate (DER) that Key Vault keeps beside that version of the secret, without its issuers; undefined when there
   * is none. It needs a right that secrets do not: ask only where the secret itself lacks the certificate.
   */
  certificate(secret: SecretRef, version: string, signal: AbortSignal): Promise<Uint8Array | undefined>;
  /** All versions, without values, newest first. */
  versions(secret: SecretRef, signal: AbortSignal): Promise<VersionProperties[]>;
  /** Every secret of a vault, without values: complete, or it rejects. */
  list(vault: string, signal: AbortSignal): Promise<Listing>;
}

/** What the functions may read of the registry; `vaultcast apply` has a writer of its own. */
interface Registry {
  routesByPrefix(vault: string, prefixes: readonly string[], signal: AbortSignal): Promise<Rows<Route>>;
  routes(signal: AbortSignal): Promise<Rows<Route>>;
  clusters(signal: AbortSignal): Promise<Rows<Cluster>>;
}

/** Rows that satisfy the schema, and those that do not: while there is one, nothing may be removed. */
export interface Rows<T> {
  rows: T[];
  bad: BadRow[];
}

/**
 * Hears what a whole list comes to: the same as long as nothing in it changed, whoever asks. Undefined where that cannot be
 * told from one answer to the next.
 */
type Digested = (digest: string | undefined) => void;

interface Kubernetes {
  namespace(cluster: Cluster, name: string, signal: AbortSignal): Promise<Namespace | undefined>;
  secret(cluster: Cluster, target: TargetRef, signal: AbortSignal): Promise<LiveSecret | undefined>;
  namespaces(cluster: Cluster, signal: AbortSignal): Promise<Namespace[]>;
  /**
   * Managed Secrets without their data, of one namespace or (undefined) of the whole cluster: complete, or it rejects. Of
   * their labels and annotations those that make them ours. `budget`: what the list may bring; `isOurs`: no others come, but
   * they are digested, too.
   */
  managedSecrets(
    cluster: Cluster,
    namespace: string | undefined,
    signal: AbortSignal,
    look?: { budget?: ListBudget; isOurs?: (secret: SecretMetadata) => boolean; digested?: Digested },
  ): Promise<SecretMetadata[]>;
  /** What the same list is digested to, without making anything of it: complete, or it rejects. */
  digest(
    cluster: Cluster,
    namespace: string | undefined,
    signal: AbortSignal,
    budget?: ListBudget,
  ): Promise<string | undefined>;
  /** POST; `conflict` when it exists already. */
  create(cluster: Cluster, secret: SecretManifest, signal: AbortSignal): Promise<Written>;
  /** What a POST would come to, tried without storing anything: `conflict` when all that is against it is that one exists. */
  tryCreate(cluster: Cluster, secret: SecretManifest, signal: AbortSignal): Promise<Written['kind']>;
  /** PUT on condition of the observed uid and resourceVersion; `conflict` when either moved or the Secret is gone. */
  replace(
    cluster: Cluster,
    secret: SecretManifest,
    observed: LiveSecret,
    signal: AbortSignal,
  ): Promise<Written>;
  /** DELETE on condition of the observed uid and resourceVersion. */
  remove(cluster: Cluster, observed: LiveSecret, signal: AbortSignal): Promise<Written>;
  /** Everything that must be right before a push can succeed, looked at step by step; never rejects, writes nothing. */
  inspect(cluster: Cluster, signal: AbortSignal): Promise<Inspection>;
  /** Nobody asks this cluster again soon: a connection takes 100 kB, and a fleet has hundreds. */
  rest(cluster: Cluster): void;
}

interface Queue {
  push(message: PushMessage, delayMs: number, signal: AbortSignal): Promise<void>;
  reconcile(message: ReconcileMessage, delayMs: number, signal: AbortSignal): Promise<void>;
  /** Of every queue that there is, those of events and of what was given up included. */
  lengths(signal: AbortSignal): Promise<QueueLengths>;
}

/** Of the queues that there are; one that cannot be read hides no other. */
interface QueueLengths {
  known: QueueLength[];
  failures: Failure[];
}

interface QueueLength {
  queue: string;
  /** About how many, those that wait for their time included. */
  messages: number;
  /** Since the oldest of those that could be taken now was put there; undefined when there is none. */
  oldestMs: number | undefined;
}

/** A row to write, over the very object that was read (undefined: nothing stood there; `any`: whatever stands there). */
interface RowWrite {
  row: TargetStatus;
  over: TargetStatus | undefined | 'any';
}

/** Of a cluster: the newest whole run that looked at it, and the newest that saw everything, however long ago. */
interface LastLooks {
  newest: RunLook | undefined;
  complete: RunLook | undefined;
}

/** A whole run that looked at its cluster, without its lines. */
type RunLook = Pick<RunStatus, 'state' | 'finishedAt' | 'summary'>;

/** What people and later runs read: the tables `Targets`, `Runs` and `Endpoints`. */
interface Status {
  target(target: TargetRef, signal: AbortSignal): Promise<TargetStatus | undefined>;
  targets(cluster: string, signal: AbortSignal, digested?: Digested): Promise<TargetStatus[]>;
  /** What these rows are digested to, without making anything of them. */
  targetsDigest(cluster: string, signal: AbortSignal): Promise<string | undefined>;
  /** Writes each row on condition of what was read; returns those that lost to somebody else's write and were not saved. */
  saveTargets(writes: readonly RowWrite[], signal: AbortSignal): Promise<RowWrite[]>;
  /** On condition of what was read, too: a row that was written since stays. */
  forgetTargets(rows: readonly TargetStatus[], signal: AbortSignal): Promise<void>;
  /** Clusters that have rows and are none of these. */
  strangers(registered: readonly string[], signal: AbortSignal): Promise<string[]>;
  runs(cluster: string, signal: AbortSignal): Promise<RunStatus[]>;
  lastLooks(cluster: string, signal: AbortSignal): Promise<LastLooks>;
  /** The last 50 runs and commands of a cluster are kept, and the last whole run that saw everything. */
  saveRun(row: RunStatus, signal: AbortSignal): Promise<void>;
  /** Clusters that keep failing: name -> when the next attempt may be made, in ms since the epoch, and how often it failed. */
  backOffs(signal: AbortSignal): Promise<ReadonlyMap<string, BackOff>>;
  saveBackOff(cluster: string, backOff: BackOff | undefined, signal: AbortSignal): Promise<void>;
  /** Puts the next try off from `seen` to `next`; false when another instance did so first: then the try is its. */
  claimTry(cluster: string, seen: BackOff, next: BackOff, signal: AbortSignal): Promise<boolean>;
}

interface Log {
  line(line: LogLine): void;
  /** Something that failed and stopped nothing, such as a row that could not be saved. */
  failure(error: unknown): void;
}
