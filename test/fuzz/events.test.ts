import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseEvents, type SecretEvent } from '../../shared/event/parse.ts';
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
const name = fc.oneof(fc.constantFrom('app-1--pg--password', 'APP-1--PG--User', 'app-2--x--y'), hostileText);

const valid = fc
  .record({
    name,
    vault: fc.constantFrom('team', 'other', 'evil'),
    type: fc.constantFrom(...TYPES).map((type) => `Microsoft.KeyVault.${type}`),
    id: fc.oneof(fc.constant('event-1'), hostileText),
    isCloud: fc.boolean(),
  })
  .map(({ isCloud, ...options }) => (isCloud ? aCloudEvent(options) : aSecretEvent(options)) as JsonValue);

const anEvent = fc.oneof({ weight: 6, arbitrary: mutated(valid) }, valid, hostileJson);
const aDelivery = fc.oneof(anEvent, fc.array(anEvent, { maxLength: 5 }));

const isPlain = (id: string, message: string): boolean => /^[\x20-\x7E]{0,600}$/.test(id + message);
const isOurs = ({ id, secret }: SecretEvent): boolean =>
  /^[\w.:?-]{0,200}$/.test(id) && VAULTS.has(secret.vault) && segmentsOf(secret.name) !== undefined;

describe('whatever Event Grid, or somebody in its place, delivers', () => {
  it(
    'is judged without a throw, and lets only names of ours through',
    LONG,
    fuzz(0.3, aDelivery, (body) => {
      const parsed = parseEvents(body, VAULTS);
      expect(parsed).toHaveLength(Array.isArray(body) ? body.length : 1);
      const safe = parsed.filter((one) =>
        one.outcome === 'accepted' ? isOurs(one.event) : isPlain(one.id, one.message),
      );
      expect(safe).toHaveLength(parsed.length);
    }),
  );

  it(
    'asks registry, vault and clusters for names of ours only',
    LONG,
    fuzz(0.08, aDelivery, async (body) => {
      const world = createWorld();
      world.set('app-1--pg--password', 'v1');
      const calls: string[] = [];
      world.before = async (call) => void calls.push(call);
      await finish(world.ports.clock, onVaultEvent(body, world.ports, world.settings));
      expect(calls.filter((call) => !isPlainCall(call))).toEqual([]);
      expectLogLines(world.ports.log.lines);
    }),
  );
});
