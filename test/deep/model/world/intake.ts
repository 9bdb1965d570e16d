import { onReconcileMessage } from '../../../../shared/commands/orders.ts';
import type { Ports } from '../../../../shared/ports.ts';
import { startRun } from '../../../../shared/reconcile/start.ts';
import { onPoisonMessage } from '../../../../shared/retry/poison.ts';
import { newRunId } from '../../../../shared/status/run.ts';
import { onPushMessage, onVaultEvent } from '../../../../shared/sync.ts';
import { aSecretEvent } from '../../../support/builders.ts';
import type { Order } from '../program/steps.ts';
import { at } from './fleet.ts';
import type { Model } from './model.ts';
import type { Instance, Task } from './shape.ts';
import { VAULT } from './vault.ts';

const MINUTE_MS = 60_000;
const { signal } = new AbortController();

/** Event Grid tells of the latest version. What is not acknowledged is delivered again, for some time. */
export function tellOf(model: Model, secret: string, id = `event-${(model.events += 1)}`, tries = 1): Task {
  const { universe } = model;
  const last = universe.vault.people.history(VAULT, secret).at(-1);
  const announced =
    last === undefined
      ? {}
      : { version: last.version, time: new Date(last.created * 1000 + 123).toISOString() };
  const event = aSecretEvent({ name: secret, id, ...announced });
  const again = (): void => {
    const wait = Math.min(30, 10 * tries) * 1000;
    if (tries < 5) model.undelivered.push({ secret, id, at: universe.time.now() + wait, tries: tries + 1 });
  };
  const work = (task: Task, ports: Ports): Promise<void> =>
    onVaultEvent([event], ports, task.instance.settings).catch(() =>
      task.instance.isDead ? undefined : again(),
    );
  return universe.start(anInstance(model), `the event of ${secret}`, work, { onCrash: again });
}

function anInstance({ universe }: Model): Instance {
  return universe.dice.pick(universe.instances);
}

/** Delivers again what was not acknowledged and is due. */
export function deliverAgain(model: Model): void {
  const now = model.universe.time.now();
  const due = model.undelivered.filter((one) => one.at <= now);
  model.undelivered = model.undelivered.filter((one) => one.at > now);
  for (const { secret, id, tries } of due) tellOf(model, secret, id, tries);
}

const HANDLERS = { push: onPushMessage, reconcile: onReconcileMessage } as const;
/** As host.json says. */
const VISIBLE_AGAIN_MS = 30_000;
const MOST_TRIES = 5;

export type QueueName = keyof typeof HANDLERS;

/** Some instance takes the next message that is visible. */
export function poll(model: Model, queue: QueueName): Task | undefined {
  const { universe } = model;
  const delivery = universe.queue.receive(queue);
  if (delivery === undefined) return undefined;
  const { message, dequeueCount } = delivery;
  const fail = (): void => {
    if (dequeueCount < MOST_TRIES) return delivery.abandon(VISIBLE_AGAIN_MS);
    delivery.complete();
    model.poisoned += 1;
    return void bury(model, message, queue);
  };
  const work = async (task: Task, ports: Ports): Promise<void> => {
    const isDone = await HANDLERS[queue](message, ports, task.instance.settings).then(
      () => true,
      () => false,
    );
    if (task.instance.isDead) return;
    if (isDone) delivery.complete();
    else fail();
  };
  return universe.start(anInstance(model), nameOf(queue, message), work, { onCrash: fail, message });
}

function nameOf(queue: QueueName, message: unknown): string {
  const { kind, run, secret, cluster, namespace, name, clusters, attempt } = message as Record<
    string,
    string
  >;
  if (queue === 'reconcile') return `${kind === 'shard' ? 'run' : kind} ${run} of ${clusters ?? secret}`;
  const what = kind === 'secret' ? secret : `${cluster}/${namespace}/${name} because of ${secret}`;
  return `attempt ${attempt} of ${what}`;
}

/** A message that failed too often: the host's poison queue holds it until its record stands. */
function bury(model: Model, message: unknown, queue: QueueName, tries = 1): Task {
  const { universe } = model;
  const again = (): void => {
    if (tries < MOST_TRIES)
      universe.time.after(VISIBLE_AGAIN_MS, () => void bury(model, message, queue, tries + 1));
  };
  const work = (task: Task, ports: Ports): Promise<void> =>
    onPoisonMessage(message, queue, ports, task.instance.settings.vaults).catch(() =>
      task.instance.isDead ? undefined : again(),
    );
  return universe.start(anInstance(model), `a poisoned message of ${queue}`, work, { onCrash: again });
}

/** The timer's run, in a second of its own. */
export async function run(model: Model, instance: number): Promise<Task> {
  const { universe } = model;
  await universe.time.advance(1000);
  return universe.start(at(universe.instances, instance), 'the timer', async (_task, ports) => {
    const id = await startRun(ports);
    model.runs.unshift(id);
  });
}

/** A command: the app does it, by a message. */
export async function order(
  model: Model,
  { how, secret, route, cluster }: { how: Order; secret: number; route: number; cluster: number },
): Promise<void> {
  const { queue, fleet, time } = model.universe;
  await time.advance(1000);
  const id = newRunId(time.now());
  const name = at(fleet.secrets, secret);
  const clusters = [at(fleet.clusters, cluster)];
  const push = { kind: 'push', run: id, vault: VAULT, secret: name } as const;
  const shard = { kind: 'shard', run: id, clusters, dryRun: false, recheck: true } as const;
  const [held] = model.held;
  switch (how) {
    case 'accept older':
      model.tell({ who: 'somebody', what: `asks for a push of ${name}, older or not`, about: [name] });
      return queue.reconcile({ ...push, acceptOlder: true, removeNow: false }, 0, signal);
    case 'remove now':
      model.tell({ who: 'somebody', what: `asks for a push of ${name} that removes now`, about: [name] });
      return queue.reconcile({ ...push, acceptOlder: false, removeNow: true }, 0, signal);
    case 'one route':
      model.tell({ who: 'somebody', what: `asks for run ${id} of one route`, about: clusters });
      return queue.reconcile({ ...shard, route: at(fleet.routes, route) }, 0, signal);
    case 'plan':
      return queue.reconcile({ ...shard, dryRun: true }, 0, signal);
    case 'confirm':
      model.tell({
        who: 'somebody',
        what: `confirms the removals of run ${held ?? 'none'}`,
        about: clusters,
      });
      return queue.reconcile(
        { ...shard, ...(held === undefined ? {} : { confirmRemovals: held }) },
        0,
        signal,
      );
  }
}

/** Whether nothing is on its way into the app right now; later it may be. */
export function nextIntake(model: Model): number {
  const { queue, time } = model.universe;
  const now = time.now();
  const waiting = [...queue.waiting('push'), ...queue.waiting('reconcile')].map(({ visibleAt }) => visibleAt);
  const events = model.undelivered.map((one) => one.at);
  return Math.min(...[...waiting, ...events].filter((due) => due > now));
}

export const FOREVER_MS = 30 * 24 * 60 * MINUTE_MS;
