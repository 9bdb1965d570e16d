import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningHost } from '../local/functions-host/client.ts';
import type { Stack } from '../local/stack/start.ts';
import type { Dice } from '../support/seeded.ts';

/** Event Grid waits 30 s for an answer. */
const ANSWER_MS = 30_000;
/** Its pauses start at 10 s; here everything goes faster. */
const PAUSES_MS = [500, 1000, 2000, 4000];

export interface SentEvent {
  id: string;
  secret: string;
  version: string;
}

export interface EventGrid {
  sent: SentEvent[];
  /** How many deliveries got no 2xx. */
  refused(): number;
  /** A new version, and its event: late, twice, out of order. */
  rotate(secret: string, value: string): SentEvent;
  /** The status of every answer to it so far; 0 of a delivery that got none. */
  answersTo(event: SentEvent): readonly number[];
  /** All events are acknowledged. */
  quiet(): Promise<void>;
}

/** An event as it goes over the wire. */
interface Wire {
  id: string;
}

/** Delivers at least once, in any order, and again until an instance acknowledges. */
export function createEventGrid(stack: Stack, alive: () => RunningHost[], dice: Dice): EventGrid {
  const sent: SentEvent[] = [];
  const answers = new Map<string, number[]>();
  const running = new Set<Promise<void>>();
  let refused = 0;

  const deliverOnce = async (event: Wire): Promise<boolean> => {
    const given = dice.pick(alive()).deliver('on-vault-event', [event]);
    const status = await Promise.race([
      given.then((answer) => answer.status).catch(() => 0),
      sleep(ANSWER_MS, 0, { ref: false }),
    ]);
    answers.set(event.id, [...(answers.get(event.id) ?? []), status]);
    if (status !== 202) refused += 1;
    return status === 202;
  };
  const deliver = async (event: Wire, delayMs: number): Promise<void> => {
    await sleep(delayMs);
    for (let attempt = 0; !(await deliverOnce(event)); attempt += 1)
      await sleep(PAUSES_MS[Math.min(attempt, PAUSES_MS.length - 1)]);
  };
  const start = (event: Wire): void => {
    const delivery = deliver(event, dice.between(0, 1500)).finally(() => running.delete(delivery));
    running.add(delivery);
  };

  return {
    sent,
    refused: () => refused,
    rotate(secret, value) {
      const version = stack.vault.set('team', secret, value);
      const made = stack.vault.eventFor('team', secret, { schema: 'eventgrid', type: 'new-version' });
      const event = { ...made, id: String(made['id']) };
      const told = { id: event.id, secret, version };
      sent.push(told);
      start(event);
      if (dice.happens(0.15)) start(event);
      return told;
    },
    answersTo: ({ id }) => answers.get(id) ?? [],
    async quiet() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}
