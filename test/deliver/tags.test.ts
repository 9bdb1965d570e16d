import { describe, expect, it } from 'vitest';
// Loaded before: the clock of the world does not wait for a library to be read from disk.
import '../../shared/render/template.ts';
import { createWorld } from '../support/world.ts';

const PASSWORD = 'app-1--pg--password';
const USER = 'app-1--pg--user';
const shared = { prefix: 'app-1--', namespaces: ['app-1'] };
const blue = { tags: { team: 'blue' } };
const red = { tags: { team: 'red' } };

describe('a route that asks for tags', () => {
  it('gets secrets with the tags and says of others that no route wants them', async () => {
    const world = createWorld({ routes: { 'app-1': { ...shared, match: blue } } });
    world.set(PASSWORD, 's3cret', red);
    await world.event();
    expect(world.data()).toBeUndefined();
    expect(world.ports.log.codes()).toEqual(['NO_ROUTE']);
    world.set(PASSWORD, 's3cret', blue);
    await world.event(PASSWORD, 'event-2');
    expect(world.data()).toEqual({ password: 's3cret' });
  });

  it('makes a Secret of the tagged ones among its neighbours', async () => {
    const world = createWorld({ routes: { 'app-1': { ...shared, match: blue } } });
    world.set(PASSWORD, 's3cret', blue);
    world.set(USER, 'app', red);
    await world.event();
    expect(world.data()).toEqual({ password: 's3cret' });
  });

  it('loses a key with the next write after its tag is gone', async () => {
    const world = createWorld({ routes: { 'app-1': { ...shared, match: blue } } });
    world.set(PASSWORD, 's3cret', blue);
    world.set(USER, 'app', blue);
    await world.event();
    expect(world.data()).toEqual({ password: 's3cret', user: 'app' });
    world.set(USER, 'app', red);
    await world.event(USER, 'event-2');
    expect(world.data()).toEqual({ password: 's3cret', user: 'app' });
    world.set(PASSWORD, 'rotated', blue);
    await world.event(PASSWORD, 'event-3');
    expect(world.data()).toEqual({ password: 'rotated' });
  });

  it('does not keep another route from a target of which it takes nothing', async () => {
    const world = createWorld({
      routes: { 'route-a': { ...shared, match: blue }, 'route-b': { ...shared, match: red } },
    });
    world.set(PASSWORD, 's3cret', red);
    await world.event();
    expect(world.ports.log.codes().sort()).toEqual(['DELIVERED', 'NO_ROUTE']);
    expect(world.data()).toEqual({ password: 's3cret' });
  });
});

describe('an event for a part of a template', () => {
  it('renders the whole Secret anew with one write', async () => {
    const template = 'postgres://{{ user | url_encode }}:{{ password | url_encode }}@pg';
    const data = { url: { template, secrets: { user: USER, password: PASSWORD } } };
    const world = createWorld({ routes: { 'app-1': { ...shared, layout: 'explicit', name: 'pg', data } } });
    world.set(PASSWORD, 'old', {});
    world.set(USER, 'app', {});
    await world.event();
    world.set(PASSWORD, 'n/w', {});
    const before = world.writes().length;
    await world.event(PASSWORD, 'event-2');
    expect(world.data()).toEqual({ url: 'postgres://app:n%2Fw@pg' });
    expect(world.writes()).toHaveLength(before + 1);
  });
});
