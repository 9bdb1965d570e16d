import type { VaultcastError } from '../../../../shared/errors.ts';
import type { Ports, Settings } from '../../../../shared/ports.ts';
import type { LogLine } from '../../../../shared/status/log-line.ts';
import type { LiveSecret } from '../../../../shared/target/secret.ts';
import type { FakeKubernetes } from '../../../support/fakes/kubernetes.ts';
import type { FakeQueue } from '../../../support/fakes/queue.ts';
import type { FakeRegistry } from '../../../support/fakes/registry.ts';
import type { FakeStatus } from '../../../support/fakes/status.ts';
import type { Dice } from '../../../support/seeded.ts';
import type { Admission } from './admission.ts';
import type { Call } from './call.ts';
import type { Faults, When } from './faults.ts';
import type { Fleet, FleetName } from './fleet.ts';
import type { History, Mark } from './history.ts';
import type { Time } from './time.ts';
import type { Replicas } from './vault.ts';

/** What differs between worlds. */
export interface Setting {
  fleet: FleetName;
  /** How far the clock of each instance is off, ms. */
  skews: readonly number[];
  /** What the vault's clock is behind, ms. */
  vaultBehindMs: number;
}

/** One process of the app: its reads are shared, its clock is its own, and it dies as a whole. */
export interface Instance {
  id: number;
  skewMs: number;
  isDead: boolean;
  /** Ends every wait of this process. */
  ends: Set<() => void>;
  ports: Ports;
  settings: Settings;
}

/** One invocation of a function on an instance. */
export interface Task {
  name: string;
  instance: Instance;
  /** Of a queue, when it is about one. */
  message: unknown;
  started: Mark;
  isOver: boolean;
  onCrash: () => void;
}

export type Work = (task: Task, ports: Ports) => Promise<unknown>;

/** A call that waits for its turn. */
export interface Gate {
  call: Call;
  task: Task;
  /** Nobody waits for its answer any more; it may take effect all the same. */
  isAbandoned: boolean;
  release(): void;
  abandon(error: VaultcastError): void;
}

/** Who is told of calls and lines; `effect` is told before a call takes effect, what it returns with the answer afterwards. */
export interface Observer {
  effect?(call: Call, task: Task): (answer: unknown) => void;
  answer?(call: Call, task: Task, answer: unknown): void;
  /** A request leaves the process; what it returns is told when it has ended. */
  begins?(call: Call, task: Task): () => void;
  /** A read of the vault, as an invocation asks for it; what it returns is told when the invocation waits for it no more. */
  asks?(call: Call, task: Task): () => void;
  fault?(call: Call, task: Task, name: string, when: When): void;
  line?(line: LogLine, task: Task | undefined): void;
  /** People changed this Secret, or took it away. */
  edited?(before: LiveSecret): void;
  /** People changed anything at all. */
  changed?(): void;
}

export interface Universe {
  fleet: Fleet;
  time: Time;
  /** Of every choice that no step makes; another one for each step. */
  dice: Dice;
  history: History;
  vault: Replicas;
  kubernetes: FakeKubernetes;
  registry: FakeRegistry;
  queue: FakeQueue;
  status: FakeStatus;
  faults: Faults;
  admission: Admission;
  instances: Instance[];
  gates: Gate[];
  tasks: Task[];
  observers: Observer[];
  /** Clusters whose rows were lost once: where neither a row nor its consent tells of a namespace, nobody looks. */
  lostRows: Set<string>;
  start(
    instance: Instance,
    name: string,
    work: Work,
    also?: { onCrash?: () => void; message?: unknown },
  ): Task;
  /** The process is gone with all that runs in it; another one takes its place. */
  kill(instance: Instance): Promise<void>;
}
