import { describe, expect, it } from 'vitest';
import { run } from '../run.ts';

const explain = (...args: string[]) => run(['explain-field', ...args]);

describe('vaultcast explain-field', () => {
  it('shows what a field is for, what it may hold, what counts without it, and an example', async () => {
    const { code, out, err } = await explain('spec.layout');

    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^Route spec\.layout\n {2}service \| flat \| explicit; default: service\n/);
    expect(out).toContain('the first segment after the prefix is the Secret');
    expect(out).toContain('For example:\n  layout: explicit\n');
  });

  it('shows the fields in a mapping and the entries of a list', async () => {
    expect((await explain('spec.match')).out).toMatch(
      /In it:\n {2}names +list +Patterns .*\n {2}tags +mapping /,
    );
    expect((await explain('spec.clusters.names')).out).toMatch(/In it:\n {2}\[\] +string /);
  });

  it.each([
    ['Route.spec.layout', 'Route spec.layout'],
    ['route spec.LAYOUT', 'Route spec.layout'],
    ['spec.namespaces[0]', 'Route spec.namespaces[]'],
    ['spec.data.password.secret', 'Route spec.data.*.secret'],
    ['spec.data.tls.logins[3].registry.text', 'Route spec.data.*.logins[].registry.text'],
    ['spec.labels.tier', 'Route spec.labels.*'],
    ['fromSegment', 'Route spec.namespaces.fromSegment'],
    ['credential.entra', 'Cluster spec.credential.entra'],
    ['pointer', 'Route spec.json.pointer'],
  ])('takes %s for %s', async (word, field) => {
    expect((await explain(word)).out.split('\n')[0]).toBe(field);
  });

  it('shows a field that both kinds have of both', async () => {
    const { out } = await explain('paused');
    expect(out).toMatch(/^Cluster spec\.paused\n[^]*\nRoute spec\.paused\n/);
  });

  it.each([
    ['secret', 'several fields are called secret\nSay which: Cluster.spec.credential.token.secret, '],
    ['spec.lauout', 'there is no field "spec.lauout"\nDid you mean spec.layout?'],
    ['keycse', 'Did you mean keyCase?'],
    ['spec.fromSegment', 'Did you mean spec.namespaces.fromSegment?'],
    ['namespaces.fromsegment.x', 'there is no field'],
    ['', 'there is no field ""'],
    ['Cluster.spec.layout', 'there is no field'],
  ])('exits with 64 for %j and says what is meant', async (word, why) => {
    expect(await explain(word)).toMatchObject({ code: 64, out: '', err: expect.stringContaining(why) });
  });

  it('lists the fields of one kind', async () => {
    const { out } = await explain('cluster');
    expect(out).toMatch(/^FIELD +TYPE\nCluster\.apiVersion /);
    expect(out).not.toContain('Route.');
  });

  it('lists all fields without a word, and as data for programs', async () => {
    const all = await explain();
    const [layout] = JSON.parse((await explain('layout', '-o', 'json')).out) as object[];

    expect(all.out).toMatch(/^FIELD +TYPE\nCluster\.apiVersion +/);
    expect(all.out).toMatch(/\nRoute\.spec\.vault +string, needed\n/);
    expect(layout).toEqual({
      kind: 'Route',
      path: 'spec.layout',
      type: 'service | flat | explicit',
      required: false,
      default: 'service',
      description: expect.stringContaining('How secrets become Secrets and keys.'),
      example: 'explicit',
    });
  });
});
