import { VaultcastError } from '../../../../shared/errors.ts';
import { isWrite, SILENCE, timeOutOf, type Call } from './call.ts';
import type { FaultKind } from './faults.ts';
import type { Task, Gate, Universe } from './shape.ts';

/** How often a request of somebody who waits no more, or is dead, takes effect all the same. */
const LATE_LANDING = 0.4;

/**
 * A call waits for its turn, meets the fault that is armed for it, takes effect, and is answered; who waits too long, or no
 * more, gets no answer, but what was sent may take effect later.
 */
export function through(
  universe: Universe,
  task: Task,
  call: Call,
  signal: AbortSignal | undefined,
  effect: () => Promise<unknown>,
): Promise<unknown> {
  const { time, gates } = universe;
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const { code } = SILENCE[call.port];
  const silence = (why: string): VaultcastError =>
    new VaultcastError(code, `${call.port}.${call.method} ${why}`);
  const giveUp = (): void => gate.abandon(silence('was given up'));
  const cancel = time.after(timeOutOf(call), () => gate.abandon(silence('got no answer in time')));
  const begun = universe.observers.map((one) => one.begins?.(call, task));
  const end = (then: () => void): void => {
    for (const ended of begun.splice(0)) ended?.();
    cancel();
    signal?.removeEventListener('abort', giveUp);
    then();
  };
  const told = (answer: unknown): void => {
    resolve(answer);
    if (gate.isAbandoned || call.port === 'vault') return;
    for (const one of universe.observers) one.answer?.(call, task, answer);
  };
  const leave = (): void => {
    const index = gates.indexOf(gate);
    if (index >= 0) gates.splice(index, 1);
  };
  const gate: Gate = {
    call,
    task,
    isAbandoned: false,
    abandon(error) {
      if (!(isWrite(call) && universe.dice.happens(LATE_LANDING))) leave();
      gate.isAbandoned = true;
      end(() => reject(error));
    },
    release() {
      leave();
      carryOut(universe, task, call, effect).then(
        (answer) => answer !== NOTHING && end(() => told(answer)),
        (error: unknown) => end(() => reject(error)),
      );
    },
  };
  if (signal?.aborted) end(() => reject(silence('was not begun')));
  else gates.push(gate);
  signal?.addEventListener('abort', giveUp);
  return promise;
}

/** No answer ever comes. */
const NOTHING = Symbol('nothing');

async function carryOut(
  universe: Universe,
  task: Task,
  call: Call,
  effect: () => Promise<unknown>,
): Promise<unknown> {
  const { faults, time, observers } = universe;
  const fault = faults.strike(call, time.now());
  if (fault !== undefined) tellOf(universe, fault, call, task);
  const land = async (): Promise<unknown> => {
    const refusal = refusalOf(universe, call);
    if (refusal !== undefined) throw refusal;
    const after = observers.map((one) => one.effect?.(call, task));
    const answer = await effect();
    for (const one of after) one?.(answer);
    return answer;
  };
  switch (fault?.when) {
    case 'before':
      throw failureBy(fault, call);
    case 'after':
      await land();
      throw failureBy(fault, call);
    case 'silent':
      await (isLanding(universe, call) ? land() : undefined);
      return NOTHING;
    case 'moved':
      await moveRows(universe, call);
      return land();
    case undefined:
      return land();
  }
}

function tellOf({ observers }: Universe, { name, when }: FaultKind, call: Call, task: Task): void {
  for (const one of observers) one.fault?.(call, task, name, when);
}

/** A request that is never answered may take effect all the same. */
function isLanding({ dice }: Universe, call: Call): boolean {
  return isWrite(call) && dice.happens(0.5);
}

function failureBy({ code, retryAfterMs }: FaultKind, { port, method }: Call): VaultcastError {
  return new VaultcastError(code, `${port}.${method} fails with ${code}`, { retryAfterMs });
}

function refusalOf({ admission, history, time }: Universe, call: Call): VaultcastError | undefined {
  if (call.port !== 'kubernetes' || (!isWrite(call) && call.method !== 'tryCreate')) return undefined;
  const [cluster = '', namespace = ''] = (call.place ?? '').split('/');
  const accept = history.now.namespaces.get(`${cluster}/${namespace}`) ?? '';
  return admission.refusal(call, accept, time.now());
}

/** Somebody else writes the same rows, as they are: what was read of them is no condition any more. */
async function moveRows({ status }: Universe, { args }: Call): Promise<void> {
  const rows = (args[0] as readonly unknown[]).map((one) =>
    typeof one === 'object' && one !== null && 'row' in one ? one.row : one,
  ) as readonly { cluster: string; id: string }[];
  for (const { cluster, id } of rows) {
    const stored = await status.row('Targets', cluster, id);
    if (stored !== undefined) await status.put('Targets', { ...stored, partitionKey: cluster, rowKey: id });
  }
}
