import { describe, expect, it } from 'vitest';
import type { SourceFacts } from '../../shared/source/source.ts';
import { fingerprintOf } from '../../shared/status/fingerprint.ts';
import { aVersion } from '../support/builders.ts';
import { aRoute, writtenRoute } from '../support/documents.ts';
import { registryDocument } from '../../shared/registry/document.ts';

function facts(overrides: Partial<SourceFacts> = {}, properties = {}): SourceFacts {
  return { name: 'app-1--pg--password', state: 'valid', properties: aVersion(properties), ...overrides };
}

const plain = fingerprintOf(aRoute(), [facts()]);
const user = facts({ name: 'app-1--pg--user' });

describe('the fingerprint of a target', () => {
  it.each([
    ['the route', aRoute('app-1', { keyCase: 'UPPER_SNAKE' }), [facts()]],
    ["the route's name", aRoute('app-2', { prefix: 'app-1--', namespaces: ['app-1'] }), [facts()]],
    ['when a source was updated', aRoute(), [facts({}, { updated: 7 })]],
    ['the state of a source', aRoute(), [facts({ state: 'expired' })]],
    ['whether the namespace accepts a source', aRoute(), [facts({ state: 'refused' })]],
    ["a source's file-encoding", aRoute(), [facts({}, { tags: { 'file-encoding': 'base64' } })]],
    ["a source's file-encoding in any case", aRoute(), [facts({}, { tags: { 'File-Encoding': 'base64' } })]],
    ['the name of a source', aRoute(), [user]],
    ['a further source', aRoute(), [facts(), user]],
    ['the lack of sources', aRoute(), []],
  ])('tells %s', (_what, route, sources) => {
    expect(fingerprintOf(route, sources)).not.toBe(plain);
  });

  it('tells a tag that the route asks for', () => {
    const route = aRoute('app-1', { match: { tags: { tier: 'gold' } } });
    const tier = (value: string) => fingerprintOf(route, [facts({}, { tags: { tier: value } })]);
    expect(tier('gold')).not.toBe(tier('silver'));
  });

  it.each([
    ['the order of sources', aRoute(), [facts(), user], [user, facts()]],
    ['tags that change nothing', aRoute(), [facts()], [facts({}, { tags: { owner: 'blue' } })]],
    ['a value', aRoute(), [facts()], [facts({}, { value: 'other' })]],
    ['when a source was read', aRoute(), [facts()], [facts({}, { readAt: 1 })]],
  ])('does not tell %s', (_what, route, left, right) => {
    expect(fingerprintOf(route, left)).toBe(fingerprintOf(route, right));
  });

  it('is the same whatever the order in which a vault lists the tags that the route asks for', () => {
    const route = aRoute('app-1', { match: { tags: { tier: 'gold', zone: 'a' } } });
    const [left, right] = [
      { tier: 'gold', zone: 'a', 'file-encoding': 'base64' },
      { 'file-encoding': 'base64', zone: 'a', tier: 'gold' },
    ].map((tags) => fingerprintOf(route, [facts({}, { tags })]));
    expect(left).toBe(right);
  });

  it('is the same whatever the order of fields in the route', () => {
    const written = writtenRoute();
    const spec = Object.fromEntries(Object.entries(written.spec).reverse());
    const reordered = registryDocument.parse({ ...written, spec });
    if (reordered.kind !== 'Route') throw new Error('not a Route');
    expect(fingerprintOf(reordered, [facts()])).toBe(plain);
  });

  it('is short, and the same when computed again from another copy', () => {
    expect(plain).toMatch(/^2:[0-9a-f]{32}$/);
    expect(fingerprintOf(structuredClone(aRoute()), [facts()])).toBe(plain);
  });
});
