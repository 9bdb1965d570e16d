import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failureOf } from '../../shared/errors.ts';
import { startCluster } from '../adapters/kubernetes/setup.ts';
import { ATTACKS, type AttackName } from './attacks.ts';
import { type Peer, startPeer } from './peer.ts';
import { TOKEN, victimsOf } from './victims.ts';

/**
 * What each adapter may say of a peer that gives no answer that can be used; never `INTERNAL`. Whoever asks waits three seconds,
 * in which a busy machine may not get to the end of a list.
 */
const CODES: Readonly<Record<string, RegExp>> = {
  kubernetes: /^(?:CLUSTER_(?:FAILED|TIMEOUT)|OUT_OF_TIME)$/,
  vault: /^VAULT_UNAVAILABLE$/,
  arm: /^CLUSTER_(?:FAILED|UNREACHABLE)$/,
  tables: /^(?:REGISTRY|STATUS)_UNAVAILABLE$/,
  queue: /^QUEUE_UNAVAILABLE$/,
};
const MIB = 1024 * 1024;
/** Thrice what all the calls at once were seen to take; what is decompressed without an end takes ten times as much. */
const MOST_MIB = 128;

let peer: Peer;
let victims: ReturnType<typeof victimsOf>;
let healthy: Awaited<ReturnType<typeof startCluster>>;
beforeAll(async () => {
  healthy = await startCluster();
  healthy.standIn.createNamespace('app-1', { 'vaultcast.dev/accept': 'app-1--' });
  const { authority } = healthy;
  peer = await startPeer(
    await authority.issue(['bad.k8s.localhost', 'team.vault.localhost', 'arm.localhost']),
  );
  victims = victimsOf(peer, authority.caPem);
  // Loaded on first use, which takes longer than an attack may.
  await peer.turnTo('silence');
  await Promise.all(Object.values(victims.calls).map((call) => call().catch(failureOf)));
});
afterAll(async () => {
  peer.stop();
  await Promise.all([healthy.stop(), victims.close()]);
});

/** Asks the healthy cluster again and again; each answer's time in ms. */
async function neighbour(until: Promise<unknown>): Promise<number[]> {
  const { kubernetes, cluster } = healthy;
  const times: number[] = [];
  let isOver = false;
  const over = until.finally(() => (isOver = true));
  while (!isOver) {
    const begun = performance.now();
    const found = await kubernetes.namespace(cluster, 'app-1', AbortSignal.timeout(30_000));
    expect(found?.accept).toBe('app-1--');
    times.push(performance.now() - begun);
    await sleep(10);
  }
  await over;
  return times;
}

/** Of rows, one that nobody can read is none: then the target itself is looked at. A registry or a list is never that. */
const isRow = (name: string): boolean =>
  ['tables: target', 'tables: targets', 'tables: back-offs'].includes(name);

/** Whatever a list holds has a digest, and nobody reads it. */
const isDigest = (name: string): boolean => name.endsWith(': digest');

function successOf(found: unknown): { code: string; message: string } {
  const isNothing =
    found === undefined || JSON.stringify(found) === '[]' || (found instanceof Map && found.size === 0);
  return { code: isNothing ? 'NOTHING' : 'SOMETHING', message: '' };
}

/** How calls end, by name; and what it was like meanwhile. */
async function under(attack: AttackName) {
  await peer.turnTo(attack);
  const delay = monitorEventLoopDelay({ resolution: 5 });
  const before = process.memoryUsage().rss;
  let most = before;
  const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 20);
  delay.enable();
  const ends = Object.entries(victims.calls).map(async ([name, call]) => {
    const end = await call().then(successOf, failureOf);
    return { name, code: end.code as string, message: end.message };
  });
  const all = Promise.all(ends);
  const times = await neighbour(all);
  delay.disable();
  clearInterval(watch);
  const figures = [delay.max / 1e6, (most - before) / MIB, Math.max(...times)].map(Math.round);
  return { ends: await all, figures, asked: times.length };
}

describe('a peer that answers to do harm', () => {
  it.each(Object.keys(ATTACKS) as AttackName[])(
    'ends in a refusal with its code, and its neighbour is served: %s',
    async (attack) => {
      const { ends, figures, asked } = await under(attack);
      const [delayMs = 0, rssMib = 0, neighbourMs = 0] = figures;
      process.stdout.write(
        `hostile ${attack}: loop late by ${delayMs} ms, ${rssMib} MiB more, a neighbour's answer ${neighbourMs} ms\n`,
      );
      const isRight = ({ name, code }: { name: string; code: string }): boolean =>
        CODES[name.split(':')[0] ?? '']?.test(code) === true ||
        (code === 'NOTHING' && isRow(name)) ||
        (/^(?:NO|SOME)THING$/.test(code) && isDigest(name));
      const wrong = ends.filter((end) => !isRight(end));
      expect(wrong).toEqual([]);
      expect(JSON.stringify(ends)).not.toContain(TOKEN);
      expect(asked).toBeGreaterThan(0);
      expect(rssMib).toBeLessThan(MOST_MIB);
    },
  );
});
