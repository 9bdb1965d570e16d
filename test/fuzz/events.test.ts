import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseEvents, type taskOfEvent } from '../../shared/event/parse.ts';
import { segmentsOf } from '../../shared/names.ts';
import { onVaultEvent } from '../../shared/sync.ts';
import { aCloudEvent, aSecretEvent, VAULTS } from '../support/builders.ts';
import { createWorld, finish } from '../support/world.ts';
import { hostileJson, hostileText, mutated, type JsonValue } from './hostile.ts';
import { expectLogLines, isPlainCall } from './expectations.ts';
import { fuzz, LONG } from './property.ts';

const TYPES = [
  'SecretNewVersionCreated',
  'SecretNearExpiry',
  'SecretExpired',
  'CertificateNewVersionCreated',
];
const NAMES = ['app-1--pg--password', 'APP-1--PG--User'] as const;

/** An event of ours in which nothing, or one thing, is chosen by somebody else. */
const ours = fc.record({
  name: fc.constantFrom<string>(...NAMES),
  vault: fc.constant('team'),
  type: fc.constantFrom(...TYPES).map((type) => `Microsoft.KeyVault.${type}`),
  id: fc.constant('event-1'),
});
const strange = fc.oneof(
  fc.record({ name: fc.oneof(fc.constant('app-2--x--y'), hostileText) }),
  fc.record({ vault: fc.constantFrom('other', 'evil') }),
  fc.record({ type: fc.constant('Microsoft.KeyVault.KeyExpired') }),
  fc.record({ id: hostileText }),
);
const options = fc.oneof(
  { weight: 4, arbitrary: ours },
  { weight: 1, arbitrary: fc.tuple(ours, strange).map(([good, wrong]) => ({ ...good, ...wrong })) },
);
const valid = fc
  .tuple(options, fc.boolean())
  .map(([one, isCloud]) => (isCloud ? aCloudEvent(one) : aSecretEvent(one)) as JsonValue);

const anEvent = fc.oneof(
  { weight: 3, arbitrary: valid },
  { weight: 6, arbitrary: mutated(valid) },
  { weight: 1, arbitrary: hostileJson },
);
const aDelivery = fc.oneof(anEvent, fc.array(anEvent, { maxLength: 5, size: 'max' }));

const isPlain = (id: string, message: string): boolean => /^[\x20-\x7E]{0,600}$/.test(id + message);
/** `body`: what it was made of, which names the vault as VAULTS does. */
const isOurs = ({ id, secret }: Parameters<typeof taskOfEvent>[0], body: JsonValue): boolean =>
  /^[\w.:?-]{0,200}$/.test(id) &&
  JSON.stringify(body)
    .toLowerCase()
    .includes(VAULTS.get(secret.vault) ?? 'configured') &&
  segmentsOf(secret.name) !== undefined;

describe('whatever Event Grid, or somebody in its place, delivers', () => {
  it(
    'is judged without a throw, and lets only names of ours through',
    LONG,
    fuzz({ share: 0.2, reaches: { accepted: 'often', refused: 'often' } }, aDelivery, (body, saw) => {
      const parsed = parseEvents(body, VAULTS);
      for (const { outcome } of parsed) {
        saw('accepted', outcome === 'accepted');
        saw('refused', outcome === 'refused');
      }
      expect(parsed).toHaveLength(Array.isArray(body) ? body.length : 1);
      const bodies = Array.isArray(body) ? body : [body];
      const safe = parsed.filter((one, at) =>
        one.outcome === 'accepted' ? isOurs(one.event, bodies[at] ?? null) : isPlain(one.id, one.message),
      );
      expect(safe).toHaveLength(parsed.length);
    }),
  );

  it(
    'asks registry, vault and clusters for names of ours only',
    LONG,
    fuzz({ share: 0.08, reaches: { 'a write': 'often' } }, aDelivery, async (body, saw) => {
      const evil = { vault: 'evil', prefix: 'app-1--', namespaces: ['app-1'], layout: 'flat' };
      const world = createWorld({ routes: { 'app-1': {}, evil } });
      for (const name of NAMES) world.set(name, 'v1');
      const calls: string[] = [];
      world.before = async (call) => void calls.push(call);
      await finish(world.ports.clock, onVaultEvent(body, world.ports, world.settings));
      saw('a write', world.writes().length > 0);
      expect(calls.filter((call) => !isPlainCall(call))).toEqual([]);
      expectLogLines(world.ports.log.lines);
    }),
  );
});
