import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
// Loaded when it is first needed, which takes no time of a test's own clock.
import '../../shared/render/certificates.ts';
import '../../shared/certificate/pfx.ts';
import { createFakeClock } from '../support/fakes/clock.ts';
import { onlyOutcome, createWorld, type World } from '../support/world.ts';
import { type Issued, type Openssl, openOpenssl } from '../render/authority.ts';

const NAME = 'app-1--web';
const PEM = 'application/x-pem-file';
let openssl: Openssl;
let root: Issued;
let leaf: Issued;
let world: World;

beforeAll(() => {
  openssl = openOpenssl();
  root = openssl.issue({ name: 'root', ca: true });
  leaf = openssl.issue({ name: 'leaf', issuer: root });
});
afterAll(() => openssl.close());
beforeEach(() => {
  world = worldOf({ 'chain.pem': { certificate: NAME, part: 'chain' } });
});

function worldOf(data: object): World {
  const route = { layout: 'explicit', name: 'web', data };
  return createWorld({ routes: { 'app-1': route }, clock: createFakeClock(Date.now() + 60_000) });
}

const beside = ({ cert }: Issued): Record<string, string> => ({
  contentType: PEM,
  certificate: new X509Certificate(cert).raw.toString('base64'),
});
const asked = (): string[] => world.ports.vault.log.filter((call) => call.startsWith('vault.certificate'));
const delivered = () => world.data('weu-1/app-1/web');

describe('a certificate whose secret holds its chain', () => {
  it('is delivered without a request for the certificate beside it', async () => {
    world.set(NAME, leaf.cert + root.cert, beside(leaf));
    await world.event(NAME);
    expect(delivered()?.['chain.pem']).toBe(leaf.cert);
    expect(asked()).toEqual([]);
  });

  it('is not asked for beside a secret that does not say it is one, or that cannot be opened', async () => {
    world.set(NAME, '', { certificate: 'unused' });
    await world.event(NAME);
    world.set(NAME, openssl.pkcs12({ ...leaf, certs: [leaf.cert], password: 'x' }).toString('base64'), {
      ...beside(leaf),
      contentType: 'application/x-pkcs12',
    });
    await world.event(NAME);
    expect(world.ports.log.outcomes.map(({ code }) => code)).toEqual(['RENDER_REFUSED', 'RENDER_REFUSED']);
    expect(asked()).toEqual([]);
  });

  it('is not asked for by a route that takes the private key', async () => {
    world = worldOf({ 'key.pem': { certificate: NAME, part: 'key' } });
    world.set(NAME, '', beside(leaf));
    await world.event(NAME);
    expect(onlyOutcome(world)?.code).toBe('RENDER_REFUSED');
    expect(asked()).toEqual([]);
  });
});

describe('a certificate whose secret holds none', () => {
  it.each([
    ['an empty value', () => ''],
    ['its key alone', () => leaf.key],
  ])('is taken from beside the secret, and said so: %s', async (_what, value) => {
    const version = world.set(NAME, value(), beside(leaf));
    await world.event(NAME);
    expect(delivered()).toEqual({ 'chain.pem': leaf.cert });
    expect(onlyOutcome(world)?.message).toContain('secret app-1--web holds no certificate: the one that');
    expect(asked()).toEqual([`vault.certificate team/${NAME}@${version}`]);
  });

  it('is asked for once, however many clusters want it', async () => {
    const route = { layout: 'explicit', name: 'web', data: { c: { certificate: NAME, part: 'chain' } } };
    world = createWorld({
      clusters: { 'weu-1': {}, 'weu-2': {}, 'weu-3': {} },
      routes: { 'app-1': { ...route, clusters: { names: ['weu-1', 'weu-2', 'weu-3'] } } },
      clock: createFakeClock(Date.now() + 60_000),
    });
    world.set(NAME, '', beside(leaf));
    await world.event(NAME);
    expect(world.data('weu-3/app-1/web')).toEqual({ c: leaf.cert });
    expect(asked()).toHaveLength(1);
  });

  it('gives a trust store and an authority when it is self-signed, without a note', async () => {
    world = worldOf({
      'ca.pem': { certificate: NAME, part: 'ca' },
      'trust.pem': { certificate: NAME, part: 'truststore', as: 'pem' },
    });
    world.set(NAME, '', beside(root));
    await world.event(NAME);
    expect(delivered()).toEqual({ 'ca.pem': root.cert, 'trust.pem': root.cert });
    expect(onlyOutcome(world)?.message).toBe('the Secret was created');
  });

  it('is refused by name when there is none beside it', async () => {
    world.set(NAME, '', { contentType: PEM });
    await world.event(NAME);
    expect(onlyOutcome(world)).toMatchObject({
      code: 'RENDER_REFUSED',
      message: expect.stringContaining('secret app-1--web holds no certificate') as string,
    });
  });
});

describe('a certificate that may not be read', () => {
  it('creates nothing and is tried again, until the role is there', async () => {
    world.set(NAME, '', beside(leaf));
    const allow = world.ports.vault.people.forbid('team', 'certificates');
    await world.event(NAME);
    expect(onlyOutcome(world)?.code).toBe('VAULT_FORBIDDEN');
    expect(delivered()).toBeUndefined();
    allow();
    await world.drain();
    expect(delivered()).toEqual({ 'chain.pem': leaf.cert });
  });

  it('keeps its key as found, while what else feeds the Secret is written', async () => {
    world = worldOf({ 'chain.pem': { certificate: NAME, part: 'chain' }, other: { secret: 'app-1--other' } });
    world.set(NAME, '', beside(leaf));
    world.set('app-1--other', 'one');
    await world.event(NAME);
    world.ports.vault.people.forbid('team', 'certificates');
    world.set(NAME, '', beside(root));
    world.set('app-1--other', 'two');
    await world.event('app-1--other', 'event-2');
    expect(delivered()).toEqual({ 'chain.pem': leaf.cert, other: 'two' });
  });
});
