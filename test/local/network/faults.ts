import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a stand-in does to a request instead of, or on top of, answering it. */
export type Fault =
  | { kind: 'status'; status: number; headers?: Record<string, string>; body?: string }
  /** Waits, then gives the real answer; a client that hung up meanwhile changes nothing. */
  | { kind: 'delay'; ms: number }
  /** Accepts, never answers. */
  | { kind: 'hang' }
  /** `before-headers`: nothing took effect. `mid-body` and `after-apply`: it did, the answer is cut short or lost. */
  | { kind: 'reset'; when: 'before-headers' | 'mid-body' | 'after-apply' }
  /** The real answer, its body at this speed. */
  | { kind: 'drip'; bytesPerSecond: number }
  | { kind: 'redirect'; location: string }
  /** 200 text/html, as captive portals and login pages answer. */
  | { kind: 'html' }
  /** 200 and a JSON string of that many bytes. */
  | { kind: 'oversized'; bytes: number };

export interface FaultRule {
  fault: Fault;
  /** For that many requests; default: until removed. */
  times?: number;
  /** Default: every request. */
  when?: (request: FaultyRequest) => boolean;
}

/** What a rule may choose requests by; several vaults share one server, and `host` tells them apart. */
interface FaultyRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** An answer as it goes over the wire. */
export interface WireReply {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

export interface FaultPlan {
  add(rule: FaultRule): () => void;
  clear(): void;
  /** The first rule that fits, used up by one. */
  take(request: FaultyRequest): Fault | undefined;
}

export function createFaultPlan(): FaultPlan {
  const rules: { rule: FaultRule; left: number }[] = [];
  return {
    add(rule) {
      const entry = { rule, left: rule.times ?? Number.POSITIVE_INFINITY };
      rules.push(entry);
      return () => void (entry.left = 0);
    },
    clear: () => void rules.splice(0),
    take(request) {
      const entry = rules.find(({ rule, left }) => left > 0 && (rule.when?.(request) ?? true));
      if (entry) entry.left -= 1;
      return entry?.rule.fault;
    },
  };
}

const answer = (status: number, contentType: string, text: string): WireReply => ({
  status,
  headers: { 'content-type': contentType },
  body: Buffer.from(text),
});

/** The answer of a fault that needs nothing of the real one; undefined for all others. */
function replacement(fault: Fault): WireReply | undefined {
  switch (fault.kind) {
    case 'status': {
      const plain = answer(fault.status, 'application/json', fault.body ?? '');
      return { ...plain, headers: { ...plain.headers, ...fault.headers } };
    }
    case 'redirect':
      return { status: 307, headers: { location: fault.location }, body: Buffer.alloc(0) };
    case 'html':
      return answer(200, 'text/html', '<!doctype html><title>Sign in</title>');
    case 'oversized':
      return answer(200, 'application/json', `"${'x'.repeat(Math.max(0, fault.bytes - 2))}"`);
    default:
      return undefined;
  }
}

/** Sends an answer and reports its status just before the first byte leaves. */
export type Send = (response: ServerResponse, reply: WireReply) => void;

async function drip(response: ServerResponse, body: Buffer, bytesPerSecond: number): Promise<void> {
  const interval = Math.max(20, 1000 / bytesPerSecond);
  const size = Math.max(1, Math.round((bytesPerSecond * interval) / 1000));
  for (let at = 0; at < body.length && !response.destroyed; at += size) {
    response.write(body.subarray(at, at + size));
    await sleep(interval);
  }
  response.end();
}

function sendHead(response: ServerResponse, send: Send, reply: WireReply): void {
  send(response, { ...reply, headers: { ...reply.headers, 'content-length': String(reply.body.length) } });
}

type Reset = Extract<Fault, { kind: 'reset' }>;

async function reset(response: ServerResponse, { when }: Reset, real: () => Promise<WireReply>, head: Send) {
  if (when === 'before-headers') return void response.socket?.destroy();
  const reply = await real();
  if (when === 'after-apply') return void response.socket?.destroy();
  sendHead(response, head, reply);
  response.write(reply.body.subarray(0, Math.floor(reply.body.length / 2)), () => response.socket?.destroy());
}

/**
 * Plays a fault on one request; `hang` is to do nothing at all. `real` performs the request and gives its true answer,
 * `send` writes a whole answer, `head` its status and headers only.
 */
export async function playFault(
  fault: Fault,
  response: ServerResponse,
  { real, send, head }: { real: () => Promise<WireReply>; send: Send; head: Send },
): Promise<void> {
  const instead = replacement(fault);
  if (instead) return send(response, instead);
  if (fault.kind === 'delay') {
    await sleep(fault.ms, undefined, { ref: false });
    if (!response.destroyed) send(response, await real());
  }
  if (fault.kind === 'reset') await reset(response, fault, real, head);
  if (fault.kind === 'drip') {
    const reply = await real();
    sendHead(response, head, reply);
    await drip(response, reply.body, fault.bytesPerSecond);
  }
}
