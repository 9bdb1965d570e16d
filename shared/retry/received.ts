import { z } from 'zod';
import type { Ports } from '../ports.ts';
import { recordUnreadable } from './unreadable.ts';

/** Where a message of a queue comes from: what may be said of one that nobody can read. Never its text. */
interface Origin {
  queue: string;
  /** The id that the storage service gave it; empty when it is not known. */
  id: string;
  /** Of its text as it lay in the queue, or about so many of one that the host has parsed. */
  bytes: number;
  /** When it was put there, ISO 8601; empty when it is not known. */
  insertedAt: string;
}

/** What the Functions host tells of a message besides its text. */
type Metadata = Readonly<Record<string, unknown>>;

const ID = z.string().regex(/^[\w-]{1,64}$/);

export function originOf(queue: string, message: unknown, metadata: Metadata = {}): Origin {
  const { data: id = '' } = ID.safeParse(metadata['id']);
  const { data: at } = z.coerce.date().safeParse(metadata['insertionTime']);
  return { queue, id, bytes: bytesOf(message), insertedAt: at?.toISOString() ?? '' };
}

function bytesOf(message: unknown): number {
  if (message instanceof Uint8Array) return message.byteLength;
  return typeof message === 'string' ? Buffer.byteLength(message) : jsonBytesOf(message);
}

/** Without recursion, as `JSON.stringify` is not: a message of 64 KiB may be 32,000 levels deep. */
function jsonBytesOf(message: unknown): number {
  const open = [message];
  let bytes = 0;
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    const inside = partsOf(one);
    bytes += inside === undefined ? Buffer.byteLength(JSON.stringify(one)) : 1 + Math.max(1, inside.length);
    for (const part of inside ?? []) open.push(part);
  }
  return bytes;
}

/** Elements, or names and values; between two of them stands one character, and one at each end. */
function partsOf(value: unknown): unknown[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  return Array.isArray(value) ? value : Object.entries(value).flat();
}

/**
 * A message as the host hands it over with `messageEncoding: none`: JSON parsed already, everything else as it lies in the
 * queue. vaultcast writes base64, which every release and Event Grid's own delivery agree on; people and other tools write
 * plain JSON. Both are read.
 */
export function readMessage(message: unknown): { body: unknown } | { why: string } {
  if (message instanceof Uint8Array) return readText(utf8Of(message));
  if (typeof message !== 'string') return { body: message };
  const json = jsonOf(message);
  return json === undefined ? readText(utf8Of(base64Of(message))) : { body: json };
}

const UNREADABLE = { why: 'it is neither JSON nor base64 of JSON' };

function readText(text: string | undefined): { body: unknown } | { why: string } {
  const body = text === undefined ? undefined : jsonOf(text);
  return body === undefined ? UNREADABLE : { body };
}

/** Tools of Windows begin a text with a byte order mark. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** In lines of 76 characters, too, as `base64` writes it: .NET, which read it for earlier releases, skips these blanks. */
function base64Of(text: string): Uint8Array | undefined {
  const packed = text.replaceAll(/[ \t\r\n]/g, '');
  return packed !== '' && BASE64.test(packed) ? Buffer.from(packed, 'base64') : undefined;
}

function utf8Of(bytes: Uint8Array | undefined): string | undefined {
  if (bytes === undefined) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * Records and says that nobody can read a message; a retry cannot help. Never rejects: what cannot be recorded stands in
 * the log, and the message is gone either way.
 */
export async function refuseMessage(
  ports: Pick<Ports, 'status' | 'clock' | 'log'>,
  { queue, id, bytes, insertedAt }: Origin,
  why: string,
): Promise<void> {
  await recordUnreadable(ports, { queue, messageId: id, why });
  const known = [
    ...(id === '' ? [] : [`id ${id}`]),
    `${bytes} bytes`,
    ...(insertedAt === '' ? [] : [`inserted ${insertedAt}`]),
  ];
  ports.log.line({
    code: 'BAD_MESSAGE',
    message: `a message of queue ${queue} cannot be read (${known.join(', ')}): ${why}`,
  });
}

/** Hands a message over to who reads it, unless nobody can: that is told, and the message is done with. */
export async function withMessage(
  ports: Ports,
  queue: string,
  message: unknown,
  metadata: Readonly<Record<string, unknown>> | undefined,
  handle: (body: unknown, origin: Origin) => Promise<void>,
): Promise<void> {
  const origin = originOf(queue, message, metadata);
  const read = readMessage(message);
  return 'why' in read ? refuseMessage(ports, origin, read.why) : handle(read.body, origin);
}

/** Where a schema does not fit: names of fields, never what stands there. */
export function misfit({ issues: [issue] }: z.ZodError): string {
  const path = issue?.path.map(String).join('.') ?? '';
  return `it does not satisfy the schema${path === '' ? '' : `: its ${path} is not what is allowed`}`;
}
