import { beforeEach, describe, expect, it } from 'vitest';
// Templates are loaded when one is met first: the fake clock of a test would not wait for that.
import '../../shared/render/template.ts';
import { forget, putRoute, reconcile, rowsOf } from '../support/fleet.ts';
import { createWorld, type World } from '../support/world.ts';

const PASSWORD = 'app-1--pg--password';
const USER = 'app-1--pg--user';

let world: World;
/** Versions by secret, as they were set last. */
let versions: Record<string, string>;

beforeEach(async () => {
  world = createWorld({ clusters: { 'weu-1': {}, 'weu-2': {} } });
  versions = { [PASSWORD]: world.set(PASSWORD, 's3cret'), [USER]: world.set(USER, 'ann') };
});

const rotate = (name: string): void => void (versions[name] = world.set(name, `new-${name}`));
const lines = (code: string) => world.ports.log.outcomes.filter((line) => line.code === code);
const told = (code: string) => lines(code).map(({ cluster, secret }) => `${cluster} ${secret}`);

describe('the log lines of a run', () => {
  it('tell of each version when it came: one line per secret and Secret, with version and time', async () => {
    await reconcile(world);
    expect(told('DELIVERED').toSorted()).toEqual([
      `weu-1 ${PASSWORD}`,
      `weu-1 ${USER}`,
      `weu-2 ${PASSWORD}`,
      `weu-2 ${USER}`,
    ]);
    for (const line of lines('DELIVERED')) {
      expect(line.version).toBe(versions[line.secret ?? '']);
      expect(line.durationMs).toBeGreaterThanOrEqual(0);
    }
  });

  it('name only the secret whose version the write changed', async () => {
    await reconcile(world);
    forget(world);
    rotate(USER);
    await reconcile(world);
    expect(told('DELIVERED').toSorted()).toEqual([`weu-1 ${USER}`, `weu-2 ${USER}`]);
  });

  it('name none when a hand edit was put right', async () => {
    await reconcile(world);
    forget(world);
    world.ports.kubernetes.people('weu-2').edit('app-1', 'pg', (secret) => ({ ...secret, data: {} }));
    await reconcile(world);
    expect(told('DELIVERED')).toEqual(['weu-2 undefined']);
  });
});

describe('the log lines of an event', () => {
  it('tell of a sibling whose version its write brought', async () => {
    await world.event();
    forget(world);
    rotate(PASSWORD);
    rotate(USER);
    await world.event();
    expect(told('DELIVERED').toSorted()).toEqual([
      `weu-1 ${PASSWORD}`,
      `weu-1 ${USER}`,
      `weu-2 ${PASSWORD}`,
      `weu-2 ${USER}`,
    ]);
    expect(lines('DELIVERED').map(({ version, secret }) => version === versions[secret ?? ''])).not.toContain(
      false,
    );
  });

  it('tell of what was written although the queue takes nothing of what was not', async () => {
    world.ports.kubernetes.fail({ code: 'CLUSTER_UNREACHABLE', when: (call) => call.includes(' weu-2/') });
    world.ports.queue.fail({ code: 'QUEUE_UNAVAILABLE' });
    await expect(world.event()).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
    expect(told('DELIVERED').toSorted()).toEqual([`weu-1 ${PASSWORD}`, `weu-1 ${USER}`]);
  });
});

describe('a rotation of a secret that a template uses with one that is disabled', () => {
  const login = { template: '{{ user }}:{{ password }}', secrets: { user: USER, password: PASSWORD } };
  beforeEach(async () => {
    await putRoute(world, 'app-1', { layout: 'explicit', name: 'pg', data: { login } });
    await world.event();
    world.ports.vault.people.disable('team', USER);
    await world.event(USER);
    forget(world);
    rotate(PASSWORD);
  });

  it('says that it was not written and why, at the end of the line of its event as in its row', async () => {
    await world.event();
    const message = `secret ${PASSWORD} was not written, its keys stay as found: secret ${USER} is disabled`;
    expect(lines('SOURCE_DISABLED')).toMatchObject([{ message }, { message }]);
    expect(lines('UNCHANGED')).toEqual([]);
    expect(await rowsOf(world)).toMatchObject([{ state: 'degraded', code: 'SOURCE_DISABLED' }]);
  });

  it('is no Secret that is up to date to a run that found it without an event', async () => {
    await reconcile(world);
    const message = `the Secret is up to date, but for key login, left as found; secret ${USER} is disabled`;
    expect(await rowsOf(world)).toMatchObject([{ state: 'degraded', code: 'SOURCE_DISABLED', message }]);
  });

  it('is told beside what was written of the same Secret', async () => {
    const mail = { secret: 'app-1--pg--mail' };
    await putRoute(world, 'app-1', { layout: 'explicit', name: 'pg', data: { login, mail } });
    world.set(mail.secret, 'm');
    await world.event(mail.secret);
    expect(lines('DELIVERED')).toMatchObject([
      { secret: mail.secret, message: 'the Secret was updated, but for key login, left as found' },
      { secret: mail.secret },
    ]);
  });

  it('is told where the other one cannot be read', async () => {
    world.ports.vault.people.enable('team', USER);
    world.ports.vault.fail({ code: 'VAULT_THROTTLED', when: (call) => call.includes(USER) });
    await world.event();
    const [line] = lines('VAULT_THROTTLED');
    expect(line?.message).toContain('its keys stay as found, key login among them');
  });
});

describe('an event of a secret that is not in the vault', () => {
  it('and of which nothing was delivered does not say that it is deleted', async () => {
    await world.event('app-1--mq--password');
    expect(world.ports.log.codes()).toEqual(['SOURCE_MISSING', 'SOURCE_MISSING']);
    expect(world.ports.log.outcomes[0]?.message).toMatch('app-1--mq--password is not in the vault');
  });

  it('and of which a version was delivered says that it is deleted', async () => {
    await world.event();
    forget(world);
    world.ports.vault.people.delete('team', PASSWORD);
    await world.event();
    expect(lines('SOURCE_DELETED')).toHaveLength(2);
  });
});

describe('an event whose target waits already', () => {
  it('ends with a line that says which message brings its version', async () => {
    await world.event();
    const mended = world.ports.kubernetes.fail({ code: 'CLUSTER_UNREACHABLE' });
    rotate(PASSWORD);
    await world.event(PASSWORD, 'e-1');
    forget(world);
    rotate(PASSWORD);
    await world.event(PASSWORD, 'e-2');
    const ends = world.ports.log.outcomes.filter(({ eventId }) => eventId === 'e-2');
    expect(ends.map(({ code }) => code)).toEqual([
      'CLUSTER_UNREACHABLE',
      'SUPERSEDED',
      'CLUSTER_UNREACHABLE',
      'SUPERSEDED',
    ]);
    expect(ends[1]?.message).toMatch(/^a message waits for this target until 2026-/);
    mended();
    await world.drain();
    expect(world.data('weu-2/app-1/pg')?.['password']).toBe(`new-${PASSWORD}`);
  });
});
