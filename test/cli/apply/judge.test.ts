import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OUTPUT_KINDS } from '../../../shared/output/json-schema.ts';
import { stored, writtenCluster, writtenRoute } from '../../support/documents.ts';
import { fakeRegistry } from '../../support/fakes/registry.ts';
import type { FakeRegistry } from '../../support/fakes/registry.ts';
import { createFakeStatus } from '../../support/fakes/status.ts';
import { aFolder } from '../folder.ts';
import type { Folder } from '../folder.ts';
import { run } from '../run.ts';

const signal = new AbortController().signal;
let folder: Folder;
let registry: FakeRegistry;

beforeEach(async () => {
  folder = await aFolder();
  registry = fakeRegistry(stored(writtenCluster()), stored(writtenRoute()));
});
afterEach(() => folder.remove());

const apply = async (documents: unknown[], args: string[] = [], env: Record<string, string> = {}) =>
  run(['apply', '-f', await folder.file('r.yaml', documents), '--yes', ...args], { registry, env });

const namesNow = async (): Promise<string[]> =>
  (await registry.list(signal)).existing.map(({ name }) => name);

const twin = writtenRoute('twin', { prefix: 'app-1--', namespaces: ['app-1'] });
const template = (text: string) =>
  writtenRoute('app-2', {
    layout: 'explicit',
    name: 'pg',
    data: { url: { template: text, secrets: { user: 'app-2--pg--user' } } },
  });

describe('what vaultcast apply judges before it writes', () => {
  it.each([
    [
      'two routes that claim the same Secrets',
      [twin],
      {},
      /Routes app-1 and twin both claim .*\[collision\]/,
    ],
    ['a template that does not parse', [template('{{ user')], {}, /r\.yaml:\d+: Route app-2 .*template/],
    ['a template with an unknown variable', [template('{{ usr }}')], {}, /uses the unknown variable usr/],
    [
      'a cluster without consent',
      [writtenCluster('weu-9', { requireConsent: false })],
      {},
      /Cluster weu-9: spec\.requireConsent: no document turns consent off.*\[consent\]/,
    ],
    [
      'a vault that the app does not have',
      [writtenRoute('app-2', { vault: 'teem' })],
      { VAULTS: 'team=https://team.vault.azure.net' },
      /Route app-2: spec\.vault: vault teem is none of VAULTS.*\[unknown-vault\]/,
    ],
  ])('refuses %s, and writes nothing', async (_, documents, env, message) => {
    const ran = await apply(documents, [], env);

    expect(ran.code).toBe(1);
    expect(ran.out + ran.err).toMatch(message);
    expect(await namesNow()).toEqual(['weu-1', 'app-1']);
  });

  it('writes colliding routes with --allow-collisions, and warns', async () => {
    const ran = await apply([twin], ['--allow-collisions']);

    expect(ran).toMatchObject({ code: 0, out: expect.stringMatching(/^warning {2}Routes app-1 and twin/m) });
    expect(await namesNow()).toContain('twin');
  });

  it('does not repeat an old collision at an apply that has nothing to do with it', async () => {
    await apply([twin], ['--allow-collisions']);

    expect(await apply([writtenRoute('app-3')])).toMatchObject({
      code: 0,
      out: expect.not.stringContaining('[collision]'),
    });
  });

  it('takes a cluster without consent that CONSENT_NOT_REQUIRED names', async () => {
    const document = writtenCluster('weu-9', { requireConsent: false });

    expect((await apply([document], [], { CONSENT_NOT_REQUIRED: 'neu-1, weu-9' })).code).toBe(0);
  });

  it.each([
    ['an unknown cluster', { clusters: { names: ['weu-9'] } }, /Route app-2 names weu-9, not registered/],
    ['a selector that selects nothing', { clusters: { matchLabels: { env: 'x' } } }, /selects no registered/],
  ])('warns of %s, and refuses it with --strict', async (_, spec, message) => {
    const strict = await apply([writtenRoute('app-2', spec)], ['--strict']);
    const written = await namesNow();
    const loose = await apply([writtenRoute('app-2', spec)]);

    expect(strict).toMatchObject({ code: 1, out: expect.stringMatching(/^error /m) });
    expect(written).not.toContain('app-2');
    expect(loose).toMatchObject({ code: 0, out: expect.stringMatching(message) });
  });

  it('asks for the settings of --wait before the first write', async () => {
    const file = await folder.file('r.yaml', [writtenRoute('app-2')]);

    const ran = await run(['apply', '-f', file, '--yes', '--wait'], { registry, status: createFakeStatus() });

    expect(ran).toMatchObject({ code: 1, err: expect.stringContaining('this test has no queue') });
    expect(await namesNow()).not.toContain('app-2');
  });

  it('records the set, who applied it, when and from which commit, and keeps the set at an apply without one', async () => {
    const env = { GITHUB_ACTOR: 'octo', GITHUB_SHA: '0123abc' };
    await apply([writtenRoute('app-2')], ['--set', 'main'], env);
    await apply([writtenRoute('app-2', { paused: true })], [], { USER: 'someone' });

    const { existing } = await registry.list(signal);

    expect(existing.find(({ name }) => name === 'app-2')?.applied).toEqual({
      set: 'main',
      appliedBy: 'someone',
      appliedAt: expect.stringMatching(/^\d{4}-/),
    });
    expect((await run(['get', 'routes', '-o', 'wide'], { registry })).out).toMatch(/app-2 .* main +someone /);
  });

  it('takes a document from another set only with --take-over', async () => {
    await apply([writtenRoute('app-2')], ['--set', 'main']);

    const refused = await apply([writtenRoute('app-2')], ['--set', 'other']);
    const taken = await apply([writtenRoute('app-2')], ['--set', 'other', '--take-over']);

    expect(refused).toMatchObject({ code: 1, out: expect.stringContaining('it belongs to set main') });
    expect(taken).toMatchObject({ code: 0, out: expect.stringContaining('set: main -> other') });
  });

  it('gives the plan as a document that satisfies its schema', async () => {
    const file = await folder.file('r.yaml', [writtenRoute('app-1', { paused: true }), twin]);

    const ran = await run(['apply', '-f', file, '--dry-run', '-o', 'json'], { registry });

    expect(OUTPUT_KINDS.RegistryPlan.parse(JSON.parse(ran.out))).toMatchObject({
      metadata: { counts: { create: 1, update: 1 } },
      status: {
        actions: [
          { action: 'update', kind: 'Route', name: 'app-1', changes: [{ field: 'spec.paused' }] },
          { action: 'create', kind: 'Route', name: 'twin' },
        ],
        judgements: [{ level: 'error', rule: 'collision' }],
      },
    });
  });
});
