import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createGunzip, gunzip as gunzipCallback } from 'node:zlib';
import pLimit from 'p-limit';
import type { Dispatcher } from 'undici';
import { NEVER } from '../time.ts';
import { shapeCounter } from './bounded-json.ts';
import { systemClock } from './clock.ts';
import { countdown } from './countdown.ts';
import { ExchangeFailure } from './exchange-failure.ts';

const gunzip = promisify(gunzipCallback);

interface WireRequest {
  origin: string;
  /** With its query. */
  path: string;
  method: string;
  headers: Record<string, string>;
  body: string | undefined;
}

/** An answer as it came, decompressed. */
export interface WireAnswer {
  status: number;
  headers: Dispatcher.ResponseData['headers'];
  body: Buffer;
  /** Whether it was counted while it grew, and found to hold no more values than it may. */
  isCounted: boolean;
}

/** Values of an answer that nobody parses. */
export const UNCOUNTED = Number.POSITIVE_INFINITY;

/**
 * Of one exchange. `bytes`: of its body, on the wire and decompressed. `values`: of the JSON that a success is; what is
 * compressed and large is counted while it grows, so that it ends there and fills no memory.
 */
interface ExchangeLimits {
  timeoutMs: number;
  bytes: number;
  values: number;
}

/**
 * One request and its answer. The dispatcher is asked itself, for `fetch` costs half as much again as all the rest. Its time
 * begins when it is sent: whoever waits for one of our own connections, or while this process is busy, blames nobody.
 * Rejects with ExchangeFailure, or with what undici says.
 */
export async function exchange(
  dispatcher: Dispatcher,
  request: WireRequest,
  limits: ExchangeLimits,
  signal: AbortSignal = NEVER,
): Promise<WireAnswer> {
  const call = startCall(limits);
  signal.addEventListener('abort', call.giveUp, { once: true });
  try {
    if (signal.aborted) throw givenUp(false);
    const { body = null, headers, ...target } = request;
    dispatcher.dispatch(
      { ...target, body, headers: { ...headers, 'accept-encoding': 'gzip' } } as Dispatcher.DispatchOptions,
      call.handler,
    );
    const answer = await decompressed(await call.answer, limits);
    if (answer.body.length > LARGE_BYTES) await oneALoop(setImmediate);
    return answer;
  } finally {
    signal.removeEventListener('abort', call.giveUp);
    call.stop();
  }
}

/** Whoever asked parses its answer at once: of those that take long, one in each turn of the event loop. */
const LARGE_BYTES = 64 * 1024;
const oneALoop = pLimit(1);

interface Call {
  handler: Dispatcher.DispatchHandler;
  answer: Promise<WireAnswer>;
  /** Gives up the connection, too, which says better than an unread answer that nobody waits. */
  giveUp: (this: void) => void;
  stop(): void;
}

/** So often its own time a request waits for a connection: they are as many as the other side may be asked at once. */
const UNSENT_TIMES = 2;

function startCall({ timeoutMs, bytes }: Pick<ExchangeLimits, 'timeoutMs' | 'bytes'>): Call {
  const { promise, resolve, reject } = Promise.withResolvers<WireAnswer>();
  const begun = systemClock.now();
  const chunks: Buffer[] = [];
  let [size, head] = [0, { status: 0, headers: {} as WireAnswer['headers'] }];
  let controller: Dispatcher.DispatchController | undefined;
  let ended: ExchangeFailure | undefined;
  const end = (why: ExchangeFailure): void => {
    ended ??= why;
    reject(ended);
    controller?.abort(ended);
  };
  const unsent = (): void => end(new ExchangeFailure('unsent', 'no connection was free for it', false));
  const late = (): void => end(new ExchangeFailure('late', `no complete answer within ${timeoutMs} ms`));
  let stop = countdown(systemClock, UNSENT_TIMES * timeoutMs, unsent);
  const handler: Dispatcher.DispatchHandler = {
    onRequestStart(given) {
      controller = given;
      stop();
      if (ended === undefined) stop = countdown(systemClock, timeoutMs, late);
      else given.abort(ended);
    },
    onResponseStart(_controller, status, headers) {
      if (status >= 200) head = { status, headers };
    },
    onResponseData(_controller, chunk) {
      size += chunk.length;
      if (size > bytes) end(tooLarge(bytes));
      else chunks.push(chunk);
    },
    onResponseEnd: () => resolve({ ...head, body: joined(chunks, size), isCounted: false }),
    onResponseError: (_controller, error) => reject(ended ?? connecting(error, begun, timeoutMs)),
  };
  const giveUp = (): void => end(givenUp(controller !== undefined));
  return { handler, answer: promise, giveUp, stop: () => stop() };
}

/** undici counts the time of a handshake, too, and knows nothing of ours: half of it lost here proves nothing. */
function connecting(error: Error, begun: number, timeoutMs: number): Error {
  const isLate = Reflect.get(error, 'code') === 'UND_ERR_CONNECT_TIMEOUT';
  if (!isLate || systemClock.deafSince(begun) < timeoutMs / 2) return error;
  return new ExchangeFailure('unsent', 'this process was too busy to connect', false);
}

/** Most answers are one piece: copies of bodies, outside of the heap, are what makes the collector work most often. */
function joined(chunks: readonly Buffer[], size: number): Buffer {
  const [only] = chunks;
  return only?.length === size ? only : Buffer.concat(chunks, size);
}

const givenUp = (isSent: boolean): ExchangeFailure =>
  new ExchangeFailure('given-up', 'the time budget ended', isSent);

const tooLarge = (bytes: number): ExchangeFailure =>
  new ExchangeFailure('too-large', `its answer is larger than ${bytes} bytes`);

/** Each chunk costs this thread a call. */
const CHUNK_BYTES = 64 * 1024;
/** zlib takes no smaller piece than 64 bytes. */
const SPARE_BYTES = 1024;
/** Nearly every answer is no larger, and is decompressed at once. */
const SMALL_BYTES = 256 * 1024;

/** In a thread of its own, and no further than it may grow: a few kilobytes can become gigabytes. */
async function decompressed(answer: WireAnswer, limits: ExchangeLimits): Promise<WireAnswer> {
  const { headers, body } = answer;
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding === 'identity' || body.length === 0) return answer;
  if (encoding !== 'gzip')
    throw new ExchangeFailure('unusable', 'unusable answer: an encoding that was not asked for');
  const isLargeAllowed = limits.bytes > SMALL_BYTES;
  const size = saidSize(body);
  if (isLargeAllowed && size > SMALL_BYTES) return fewAtOnce(grown, answer, limits);
  try {
    const maxOutputLength = Math.min(limits.bytes, SMALL_BYTES);
    const chunkSize = pieceOf(size, body.length, maxOutputLength);
    return { ...answer, body: await gunzip(body, { maxOutputLength, chunkSize }) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw broken();
    if (!isLargeAllowed) throw tooLarge(limits.bytes);
    return fewAtOnce(grown, answer, limits);
  }
}

/** In one piece where it says the truth, which is then not copied; one that is full to the brim would ask for another. */
const pieceOf = (size: number, compressed: number, most: number): number =>
  size < compressed ? CHUNK_BYTES : Math.min(size, most) + SPARE_BYTES;

/** How large it becomes, as its last bytes say (ISIZE of RFC 1952). Where that is no truth, it is decompressed twice. */
const saidSize = (body: Buffer): number => (body.length < 4 ? 0 : body.readUInt32LE(body.length - 4));

const broken = (): ExchangeFailure =>
  new ExchangeFailure('unusable', 'unusable answer: its compression is broken');

/** Of those that grow large: what all of them become together would fill memory, and parsing them takes turns anyway. */
const fewAtOnce = pLimit(2);

async function grown(answer: WireAnswer, { bytes, values }: ExchangeLimits): Promise<WireAnswer> {
  const isCounted = answer.status < 300 && values !== UNCOUNTED;
  const count = shapeCounter(values);
  const stream = createGunzip({ chunkSize: CHUNK_BYTES });
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    stream.end(answer.body);
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > bytes) throw tooLarge(bytes);
      if (isCounted) count(chunk);
      chunks.push(chunk);
    }
  } catch (error) {
    throw error instanceof ExchangeFailure ? error : broken();
  }
  return { ...answer, body: Buffer.concat(chunks, size), isCounted };
}
