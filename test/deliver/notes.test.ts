import { afterAll, beforeAll, describe, expect, it } from 'vitest';
// Loaded when it is first needed, which takes no time of a test's own clock.
import '../../shared/render/pair.ts';
import { createFakeClock } from '../support/fakes/clock.ts';
import { rowsOf } from '../support/fleet.ts';
import { createWorld } from '../support/world.ts';
import { openOpenssl, type Openssl } from '../render/authority.ts';

let openssl: Openssl;
beforeAll(() => void (openssl = openOpenssl()));
afterAll(() => openssl.close());

describe('what a person should know of a rendering', () => {
  it('stands in the line of its push and in the row of its target', async () => {
    const leaf = openssl.issue({ name: 'leaf' });
    const stranger = openssl.issue({ name: 'stranger' });
    const world = createWorld({
      routes: { 'app-1': { type: 'kubernetes.io/tls' } },
      clock: createFakeClock(Date.now() + 60_000),
    });
    world.set('app-1--pg', [leaf.key, leaf.cert, stranger.cert].join('\n'));
    await world.event('app-1--pg');
    const said = /^the Secret was created; certificate CN=stranger of secret app-1--pg .* left out$/;
    expect(world.ports.log.outcomes[0]).toMatchObject({
      code: 'DELIVERED',
      message: expect.stringMatching(said) as string,
    });
    expect((await rowsOf(world))[0]?.message).toMatch(said);
  });
});
