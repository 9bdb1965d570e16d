import { Socket } from 'node:net';

/** Where every socket of this process wanted to go, as `host:port`. */
export interface Sockets {
  /** Those since the last look. */
  taken(): string[];
  /** All of them, each once. */
  ever: ReadonlySet<string>;
  restore(): void;
}

interface Destination {
  host?: string;
  port?: number | string;
  /** Of a socket that is a file. */
  path?: string;
}

/** node:net hands its own calls on as a list, with a mark of its own. */
const destinationOf = (first: unknown): Destination =>
  Array.isArray(first) ? (first[0] as Destination) : (first as Destination);

/**
 * Watches what all clients end in, whatever they are made of: the connect of a socket. Only `allowed` may be gone to;
 * anything else is counted and cut before a packet leaves.
 */
export function watchSockets(allowed: (place: string) => boolean): Sockets {
  const connect = Reflect.get(Socket.prototype, 'connect') as Socket['connect'];
  let places: string[] = [];
  const ever = new Set<string>();
  const watched = function (this: Socket, ...parts: unknown[]): Socket {
    const { host = 'localhost', port, path } = destinationOf(parts[0]);
    const place = path ?? `${host}:${port}`;
    places.push(place);
    ever.add(place);
    if (!allowed(place)) {
      // Later, as a real connection fails: nobody listens yet.
      setImmediate(() => this.destroy(new Error('no connection is made to this host in a test')));
      return this;
    }
    return Reflect.apply(connect, this, parts) as Socket;
  };
  Socket.prototype.connect = watched as typeof connect;
  return {
    ever,
    taken: () => {
      const taken = places;
      places = [];
      return taken;
    },
    restore: () => void (Socket.prototype.connect = connect),
  };
}
