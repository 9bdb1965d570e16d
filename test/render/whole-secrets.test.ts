import { createPrivateKey, X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
// Loaded when it is first needed, which takes no time of a test's own clock.
import '../../shared/render/pair.ts';
import { createFakeClock } from '../support/fakes/clock.ts';
import { reconcileNow } from '../support/fleet.ts';
import { createWorld as createWorldAt, type World } from '../support/world.ts';
import { type Issued, type Openssl, openOpenssl } from './authority.ts';
import { dated } from './dated.ts';

const PREFIX = 'app-1--';
const TLS = 'kubernetes.io/tls';

/** A world of today: certificates are judged by its clock. */
const createWorld = (options: Parameters<typeof createWorldAt>[0]): World =>
  createWorldAt({ ...options, clock: createFakeClock(Date.now() + 60_000) });

let openssl: Openssl;
let root: Issued;
let leaf: Issued;
let other: Issued;
let past: string;
beforeAll(async () => {
  openssl = openOpenssl();
  root = openssl.issue({ name: 'root', ca: true });
  leaf = openssl.issue({ name: 'leaf', issuer: root });
  other = openssl.issue({ name: 'other' });
  past = await dated({ name: 'root', key: root.key, ca: true, from: -900, to: -9 });
});
afterAll(() => openssl.close());

describe('a tls Secret of two secrets', () => {
  const [CRT, KEY_OF] = [`${PREFIX}web--tls--crt`, `${PREFIX}web--tls--key`];
  const world = () => createWorld({ routes: { 'app-1': { type: TLS } } });

  it('waits for the other half when they are rotated one after the other', async () => {
    const here = world();
    here.set(CRT, leaf.cert);
    here.set(KEY_OF, leaf.key);
    await here.event(CRT);
    expect(here.data('weu-1/app-1/web')).toEqual({ 'tls.crt': leaf.cert, 'tls.key': leaf.key });

    here.set(CRT, other.cert);
    await here.event(CRT, 'event-2');
    expect(here.ports.log.outcomes.at(-1)).toMatchObject({
      code: 'RENDER_REFUSED',
      message: 'type kubernetes.io/tls: the private key in tls.key fits no certificate in tls.crt',
    });
    expect(here.data('weu-1/app-1/web')).toEqual({ 'tls.crt': leaf.cert, 'tls.key': leaf.key });

    here.set(KEY_OF, other.key);
    await here.event(KEY_OF, 'event-3');
    expect(here.data('weu-1/app-1/web')).toEqual({ 'tls.crt': other.cert, 'tls.key': other.key });
  });

  it('stays byte by byte when it is right, and is put in order when it is not', async () => {
    const here = world();
    here.set(CRT, `# ours\n${leaf.cert}${root.cert}`);
    here.set(KEY_OF, leaf.key);
    await here.event(CRT);
    expect(here.data('weu-1/app-1/web')).toMatchObject({ 'tls.crt': `# ours\n${leaf.cert}${root.cert}` });

    here.set(CRT, `${root.cert}${leaf.cert}`);
    await here.event(CRT, 'event-2');
    expect(here.data('weu-1/app-1/web')).toEqual({ 'tls.crt': leaf.cert, 'tls.key': leaf.key });
  });

  it('says what has expired and leaves it out', async () => {
    const here = world();
    here.set(`${PREFIX}web`, leaf.key + leaf.cert + past + root.cert);
    await here.event(`${PREFIX}web`);
    expect(here.ports.log.outcomes.at(-1)?.message).toContain(
      `certificate CN=root of secret ${PREFIX}web has expired: left out`,
    );
  });
});

describe('a tls Secret that a route spells out', () => {
  const secrets = { 'tls.crt': { secret: `${PREFIX}crt` }, 'tls.key': { secret: `${PREFIX}key` } };
  const route = { layout: 'explicit', name: 'web', type: TLS, data: secrets };

  it.each([
    ['a pair that does not fit', () => [other.cert, leaf.key], /fits no certificate in tls\.crt/],
    ['an empty certificate', () => ['', leaf.key], /tls\.crt holds no certificate in PEM or DER/],
    ['a key that is none', () => [leaf.cert, 'hunter2'], /tls\.key holds no private key in PEM or DER/],
  ] as const)('is refused with %s, by event and by run', async (_, values, why) => {
    const here = createWorld({ routes: { 'app-1': route } });
    const [crt = '', key = ''] = values();
    here.set(`${PREFIX}crt`, crt);
    here.set(`${PREFIX}key`, key);
    await here.event(`${PREFIX}crt`);
    await reconcileNow(here);
    const refused = here.ports.log.outcomes.filter(({ code }) => code === 'RENDER_REFUSED');
    expect(refused.map(({ message }) => why.test(message))).toEqual(refused.map(() => true));
    expect(refused.length).toBeGreaterThan(0);
    expect(here.data('weu-1/app-1/web')).toBeUndefined();
  });

  it('becomes PEM of DER', async () => {
    const encoded = (name: string) => ({ secret: `${PREFIX}${name}`, encoding: 'base64' });
    const data = { 'tls.crt': encoded('crt'), 'tls.key': encoded('key') };
    const here = createWorld({ routes: { 'app-1': { ...route, data } } });
    here.set(`${PREFIX}crt`, new X509Certificate(leaf.cert).raw.toString('base64'));
    const der = createPrivateKey(leaf.key).export({ type: 'pkcs8', format: 'der' });
    here.set(`${PREFIX}key`, der.toString('base64'));
    await here.event(`${PREFIX}crt`);
    expect(here.data('weu-1/app-1/web')).toEqual({ 'tls.crt': leaf.cert, 'tls.key': leaf.key });
  });
});

describe('a JSON document that loses its properties', () => {
  it('takes their keys along, the last one too, by event and by run', async () => {
    const world = createWorld({ routes: { 'app-1': { json: 'expand' } } });
    const deliver = async (value: string, id: string) => {
      world.set(`${PREFIX}cfg`, value);
      await world.event(`${PREFIX}cfg`, id);
      return world.data('weu-1/app-1/cfg');
    };
    expect(await deliver('{"a":"1","b":"2"}', 'event-1')).toEqual({ a: '1', b: '2' });
    expect(await deliver('{"a":"1"}', 'event-2')).toEqual({ a: '1' });
    expect(await deliver('{}', 'event-3')).toEqual({});
    const writes = world.writes().length;
    await reconcileNow(world);
    expect(world.data('weu-1/app-1/cfg')).toEqual({});
    expect(world.writes()).toHaveLength(writes);
    expect(await deliver('{"c":"3"}', 'event-4')).toEqual({ c: '3' });
  });

  it('never had any: nothing is created, and it is said why', async () => {
    const world = createWorld({ routes: { 'app-1': { json: 'expand' } } });
    world.set(`${PREFIX}cfg`, '{}');
    await world.event(`${PREFIX}cfg`);
    expect(world.ports.log.outcomes.at(-1)).toMatchObject({
      code: 'RENDER_REFUSED',
      message: 'its sources hold no property',
    });
  });
});
