import { afterAll, beforeAll, describe, expect, it } from 'vitest';
// Loaded when they are first needed, which takes no time of a test's own clock.
import '../../shared/certificate/pfx.ts';
import '../../shared/render/formats/yaml.ts';
import '../../shared/render/formats/write.ts';
import '../../shared/render/pair.ts';
import '../../shared/render/template.ts';
import { reconcileNow } from '../support/fleet.ts';
import { createFakeClock } from '../support/fakes/clock.ts';
import { createWorld, type World } from '../support/world.ts';
import { openOpenssl } from './authority.ts';
import { dated } from './dated.ts';
import { ENCODED } from './faults/encoded.ts';
import { type Fault, type Gives, IT, type Layout, LAYOUTS, type Material, PREFIX } from './faults/fault.ts';
import { GUESSED } from './faults/guessed.ts';
import { DATED, TYPED } from './faults/typed.ts';
import { WRITTEN } from './faults/written.ts';

/** What goes wrong with the values of real vaults, through every layout, by an event and by a run. */

const FAULTS: readonly Fault[] = [...ENCODED, ...GUESSED, ...TYPED, ...DATED, ...WRITTEN];

let material: Material;
beforeAll(async () => {
  const openssl = openOpenssl();
  const root = openssl.issue({ name: 'root', ca: true });
  const leaf = openssl.issue({ name: 'leaf', issuer: root });
  const other = openssl.issue({ name: 'other' });
  const expiredRoot = await dated({ name: 'root', key: root.key, ca: true, from: -900, to: -9 });
  const issuer = { name: 'root', key: root.key };
  const nextLeaf = await dated({ name: 'leaf', key: leaf.key, issuer, from: 9, to: 900 });
  material = { openssl, root, leaf, other, expiredRoot, nextLeaf };
});
afterAll(() => material.openssl.close());

function routeOf({ spec = {}, data, type }: Fault, layout: Layout): Record<string, unknown> {
  const base = { prefix: PREFIX, namespaces: ['app-1'], layout, type };
  if (layout !== 'explicit') return { ...base, ...spec };
  const { encoding, unescapeNewlines } = spec;
  const shared = {
    ...(encoding !== undefined && { encoding }),
    ...(unescapeNewlines === true && { unescapeNewlines }),
  };
  return { ...base, name: 'it', data, ...shared };
}

/** A world of today: certificates are judged by its clock. */
function worldOf(fault: Fault, layout: Layout): World {
  const clock = createFakeClock(Date.now() + 60_000);
  return createWorld({ routes: { 'app-1': routeOf(fault, layout) }, clock });
}

/** Puts the secrets into the vault; the names, in order. */
function store(world: World, fault: Fault): string[] {
  const given = fault.value(material);
  if (typeof given === 'string') world.set(IT, given);
  else if ('value' in given) world.set(IT, given.value, { ...given });
  else
    return Object.entries(given).map(([end, value]) => {
      world.set(IT + end, value);
      return IT + end;
    });
  return [IT];
}

const target = (layout: Layout): string => `weu-1/app-1/${layout === 'flat' ? IT : 'it'}`;

const isRefused = (gives: Gives): gives is RegExp => gives instanceof RegExp;

describe.each(LAYOUTS)('through layout %s', (layout) => {
  const faults = FAULTS.filter(({ only }) => only === undefined || only.includes(layout));

  describe.each(['event', 'run'] as const)('by %s', (by) => {
    it.each(faults.map((fault) => [fault.what, fault] as const))(
      '%s is right or refused',
      async (_, fault) => {
        const world = worldOf(fault, layout);
        const [name] = store(world, fault);
        if (by === 'event') await world.event(name);
        else await reconcileNow(world);
        const gives = layout === 'explicit' ? (fault.explicit ?? fault.gives) : fault.gives;
        const [outcome] = world.ports.log.outcomes;
        const data = world.data(target(layout));
        expect(outcome?.code).toBe(isRefused(gives) ? 'RENDER_REFUSED' : 'DELIVERED');
        expect(outcome?.message).toMatch(isRefused(gives) ? gives : (fault.says ?? /created$/));
        const texts = Object.entries(isRefused(gives) ? {} : gives).map(
          ([key, text]) => [key, text, data?.[key] ?? '(missing)'] as const,
        );
        expect(texts.filter(([, text, found]) => !text.test(found))).toEqual([]);
        expect(data === undefined).toBe(isRefused(gives));
      },
    );
  });
});
