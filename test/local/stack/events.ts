import type { Delivery, RunningHost } from '../functions-host/client.ts';
import type { EventOptions } from '../key-vault/events.ts';
import type { KeyVaultStandIn } from '../key-vault/vaults.ts';

/** A new version, and how its event was received. */
export interface Rotation {
  version: string;
  eventId: string;
  /** When the version was made, ms since the epoch. */
  at: number;
  /** The one event, to deliver it again. */
  event: Record<string, unknown>;
  answer: Delivery;
}

interface RotationOptions {
  /** Default: `team`. */
  vault?: string;
  schema?: EventOptions['schema'];
  /** Index of the host that receives the event; default 0. */
  host?: number;
}

/** What secret owners and Event Grid do. */
export interface Deliveries {
  /** Sets a new version in the vault and delivers its event over HTTP. */
  rotate(secret: string, value: string, options?: RotationOptions): Promise<Rotation>;
  /** Sends events (one or an array) as Event Grid does. */
  deliver(events: unknown, host?: number): Promise<Delivery>;
  /** What the hosts answered so far. */
  answers: Delivery[];
}

const FUNCTION = 'on-vault-event';

export function createDeliveries(vault: KeyVaultStandIn, hosts: readonly RunningHost[]): Deliveries {
  const answers: Delivery[] = [];
  const deliver: Deliveries['deliver'] = async (events, index = 0) => {
    const host = hosts[index];
    if (!host) throw new Error(`no host ${index}`);
    const answer = await host.deliver(FUNCTION, events);
    answers.push(answer);
    return answer;
  };
  return {
    deliver,
    answers,
    async rotate(secret, value, { vault: of = 'team', schema = 'eventgrid', host = 0 } = {}) {
      const at = Date.now();
      const version = vault.set(of, secret, value);
      const event = vault.eventFor(of, secret, { schema, type: 'new-version' });
      // One array of one in Event Grid's schema, the bare event as a CloudEvent.
      const answer = await deliver(schema === 'cloudevents' ? event : [event], host);
      return { version, eventId: String(event['id']), at, event, answer };
    },
  };
}
