import { lookup } from 'node:dns/promises';
import { connect as connectTcp, isIP } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Inspection } from '../../../check/inspection.ts';
import { failureOf, VaultcastError } from '../../../errors.ts';
import { type ClusterConnection, tlsOf } from '../connection.ts';
import { networkFailure } from '../network-failure.ts';

/** The way to an API server, one step after the other, each saying what it found. */
interface Way {
  addresses: string[];
  /** ms since the epoch. */
  certificateExpires: number;
}

type Ended = NonNullable<Inspection['ended']>;

/** Where it ended. */
export class StepFailed extends Error {
  override readonly name = 'StepFailed';
  readonly ended: Ended;
  /** Found by the steps before. */
  readonly found: Partial<Way>;

  constructor(step: Ended['step'], error: unknown, found: Partial<Way> = {}) {
    super(step);
    this.ended = { step, failure: failureOf(error) };
    this.found = found;
  }
}

/** What it rejects with is where the inspection ends. */
export async function at<T>(step: Ended['step'], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof StepFailed ? error : new StepFailed(step, error);
  }
}

/** An event of a socket, an error, or the end of the time for it. */
function once(socket: Socket, event: 'connect' | 'secureConnect', timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = new VaultcastError('CLUSTER_TIMEOUT', `nothing within ${timeoutMs} ms`);
    const timer = setTimeout(() => reject(late), timeoutMs);
    socket.once(event, () => resolve());
    socket.once('error', reject);
    socket.once('close', () => reject(new VaultcastError('CLUSTER_UNREACHABLE', 'it closed the connection')));
    socket.once(event, () => clearTimeout(timer));
    socket.once('error', () => clearTimeout(timer));
    socket.once('close', () => clearTimeout(timer));
  });
}

async function step<T>(
  name: Ended['step'],
  host: string,
  found: Partial<Way>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new StepFailed(name, networkFailure(error, host), found);
  }
}

async function expiry(
  connection: ClusterConnection,
  socket: Socket,
  host: string,
  timeoutMs: number,
): Promise<number> {
  const name = isIP(host) === 0 ? { servername: host } : {};
  const secure = connectTls({ socket, host, ...name, ...tlsOf(connection) });
  try {
    await once(secure, 'secureConnect', timeoutMs);
    return Date.parse(secure.getPeerCertificate().valid_to);
  } finally {
    secure.destroy();
  }
}

/** Resolves the name, connects, and shakes hands; rejects with StepFailed. Nothing is sent. */
export async function tryWay(connection: ClusterConnection, timeoutMs: number): Promise<Way> {
  const { hostname, port } = new URL(connection.server);
  const host = hostname.replace(/^\[|\]$/g, '');
  const addresses = await step('name', host, {}, async () =>
    (await lookup(host, { all: true })).map(({ address }) => address),
  );
  const socket = connectTcp({ host, port: Number(port || 443) });
  try {
    await step('tcp', host, { addresses }, () => once(socket, 'connect', timeoutMs));
    const certificateExpires = await step('tls', host, { addresses }, () =>
      expiry(connection, socket, host, timeoutMs),
    );
    return { addresses, certificateExpires };
  } finally {
    socket.destroy();
  }
}
