import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import '../../shared/certificate/pfx.ts';
import '../../shared/render/certificates.ts';
import '../../shared/render/template.ts';
import { aRoute } from '../support/documents.ts';
import { type Issued, type Openssl, openOpenssl } from './authority.ts';
import { anExplicitRoute, aPfx, detailOf, refusalOf, render, textAt } from './builders.ts';

/** Hostile routes and values may be refused, but they must leave the process to others meanwhile. */

const SECRET = 'app-1--web';

let openssl: Openssl;
let leaf: Issued;
beforeAll(() => {
  openssl = openOpenssl();
  leaf = openssl.issue({ name: 'leaf', algorithm: 'rsa' });
});
afterAll(() => openssl.close());

/** How often a neighbour that always asks for a turn got one while the work ran, and the longest wait (for people to read). */
async function turnsDuring(work: () => Promise<unknown>): Promise<{ turns: number; worst: number }> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  let turns = 0;
  let isOver = false;
  const ask = (): void => {
    turns += 1;
    if (!isOver) setImmediate(ask);
  };
  setImmediate(ask);
  delay.enable();
  try {
    await work();
  } finally {
    isOver = true;
    delay.disable();
  }
  return { turns, worst: delay.max / 1e6 };
}

/** A second of processor takes many on a machine that is busy otherwise. */
const LONG = { timeout: 120_000 };

const LOOP = '{% for i in (1..300000) %}{% endfor %}{{ pw }}';

describe('templates', () => {
  const templates = (count: number) =>
    anExplicitRoute(
      Object.fromEntries(
        Array.from({ length: count }, (_, index) => [
          `k${index}`,
          { template: LOOP, secrets: { pw: SECRET } },
        ]),
      ),
    );

  it('of one target share one budget of the processor, however many they are', LONG, async () => {
    const before = process.threadCpuUsage();
    const detail = await detailOf(render(templates(100), { [SECRET]: 'x' }));
    const { user, system } = process.threadCpuUsage(before);
    expect(detail).toContain('needs more time or memory than allowed');
    console.info(`100 templates: ${((user + system) / 1e6).toFixed(1)} s of processor`);
    // One second, and what it takes to parse them; a budget each would be 100.
    expect((user + system) / 1e6).toBeLessThan(10);
  });

  it('let others have their turn all the while', LONG, async () => {
    const { turns, worst } = await turnsDuring(() => refusalOf(render(templates(100), { [SECRET]: 'x' })));
    console.info(`templates: ${turns} turns of a neighbour, longest wait ${worst.toFixed(0)} ms`);
    expect(turns).toBeGreaterThan(20);
  });

  it.each([
    '{% for i in (1..8000000) %}{% endfor %}',
    '{% assign a = x | split: "" %}{% for i in (1..300) %}{% assign a = a | sort | reverse %}{% endfor %}',
    '{% for i in (1..300000) %}{% assign a = x | url_encode %}{% endfor %}',
    '{% assign a = x | split: "" | concat: x %}{% for i in (1..1000) %}{% assign b = a | uniq %}{% endfor %}',
  ])('such as %s are stopped before any step keeps others waiting for long', LONG, async (template) => {
    const route = anExplicitRoute({ out: { template, secrets: { x: SECRET } } });
    const { worst } = await turnsDuring(async () => {
      expect(await detailOf(render(route, { [SECRET]: 'ab'.repeat(12_000) }))).toContain(
        'more time or memory',
      );
    });
    console.info(`${template.slice(0, 40)}…: longest wait ${worst.toFixed(0)} ms`);
  });

  it('give the same text in slices as at once', async () => {
    const template =
      '{% for i in (1..5000) %}{% if i == 7 %}{% continue %}{% endif %}{{ x | slice: 0 }}{% if i > 4990 %}{% break %}{% endif %}{% endfor %}';
    const route = anExplicitRoute({ out: { template, secrets: { x: SECRET } } });
    expect(textAt(await render(route, { [SECRET]: 'ab' }), 'out')).toBe('a'.repeat(4990));
  });

  it('say nothing in the app that depends on the characters of a value', async () => {
    const probes = ['a', 'b', 'c'].map(
      (one) => `{% if x contains "${one}" %}{{ x | from_json }}{% else %}{{ x.y }}{% endif %}`,
    );
    const padded = probes.map((probe, line) => '\n'.repeat(line) + probe);
    const refusals = await Promise.all(
      padded.map((template) => {
        const route = anExplicitRoute({ out: { template, secrets: { x: SECRET } } });
        return refusalOf(render(route, { [SECRET]: 'b' }));
      }),
    );
    expect(new Set(refusals)).toEqual(
      new Set(['the template of key out cannot be rendered with these values']),
    );
  });
});

describe('a PKCS#12 bundle', () => {
  const route = aRoute('app-1', { layout: 'flat', type: 'kubernetes.io/tls' });
  const bundle = (iterations: number, args: readonly string[] = []) =>
    aPfx(openssl.pkcs12({ key: leaf.key, certs: [leaf.cert], args: ['-iter', String(iterations), ...args] }));

  it.each([
    ['modern', 60_000, ['-macalg', 'sha512']],
    ['legacy', 60_000, ['-legacy']],
  ])('of many iterations (%s) opens while others have their turn', LONG, async (what, iterations, args) => {
    const version = bundle(iterations, args);
    let keys: string[] = [];
    const { turns, worst } = await turnsDuring(async () => {
      keys = Object.keys((await render(route, { [SECRET]: version })).data);
    });
    console.info(`${what}: ${turns} turns of a neighbour, longest wait ${worst.toFixed(0)} ms`);
    expect(keys).toEqual(['ca.crt', 'tls.crt', 'tls.key']);
    expect(turns).toBeGreaterThan(10);
  });

  it('of more iterations than allowed is refused before any of them', async () => {
    const refusal = await refusalOf(render(route, { [SECRET]: bundle(95_000) }));
    expect(refusal).toBe(
      `secret ${SECRET} is encrypted with more than 200000 iterations: protect it with fewer`,
    );
  });
});
