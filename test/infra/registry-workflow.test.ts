import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { stored, writtenCluster, writtenRoute } from '../support/documents.ts';
import { fakeRegistry } from '../support/fakes/registry.ts';
import { run } from '../cli/run.ts';
import { INFRA } from './bicep/file.ts';
import { type Bench, openBench } from './scripts.ts';

interface Step {
  name?: string;
  uses?: string;
  run?: string;
  if?: string;
  with?: Record<string, unknown>;
  env?: Record<string, string>;
}
interface Job {
  if: string;
  environment?: string;
  needs?: string;
  permissions?: Record<string, string>;
  'timeout-minutes': number;
  steps: Step[];
}

const FOLDER = join(INFRA, 'examples/.github');
const text = readFileSync(join(FOLDER, 'workflows/registry.yml'), 'utf8');
const workflow = parse(text) as {
  on: Record<string, unknown>;
  permissions: Record<string, string>;
  env: Record<string, string>;
  jobs: Record<string, Job>;
};
const job = (name: string): Job => {
  const found = workflow.jobs[name];
  if (found === undefined) throw new Error(`no job ${name}`);
  return found;
};
const stepsOf = (name: string): string[] => job(name).steps.flatMap((step) => step.run ?? []);
/** The arguments of each call of the command. */
const commandsIn = (name: string): string[] =>
  stepsOf(name).flatMap((script) =>
    [...script.matchAll(/^\s*vaultcast ([^>|\n]*)/gm)].map(([, args = '']) => args),
  );
const stepNamed = (start: string): Step => {
  const found = Object.values(workflow.jobs)
    .flatMap(({ steps }) => steps)
    .find(({ name }) => name?.startsWith(start) === true);
  if (found === undefined) throw new Error(`no step ${start}`);
  return found;
};

describe('the workflow for a registry', () => {
  it('checks pull requests, applies main, looks for drift once a day, and can be called', () => {
    expect(Object.keys(workflow.on).sort()).toEqual(['pull_request', 'push', 'schedule', 'workflow_call']);
    expect(job('validate').if).toContain("'pull_request'");
    expect(job('apply').if).toBe("github.event_name == 'push' && github.ref == 'refs/heads/main'");
    expect(job('drift').if).toBe("github.event_name == 'schedule'");
  });

  it('signs in without a secret, as one identity for what is merged and another for everything else', () => {
    expect(text).not.toMatch(/\$\{\{\s*secrets\./);
    const identityOf = (name: string) =>
      job(name).steps.flatMap(({ uses = '', with: given }) =>
        uses.startsWith('azure/login@') ? [String(given?.['client-id'])] : [],
      );
    expect(identityOf('validate')).toEqual([]);
    expect(identityOf('plan')).toEqual(['${{ vars.PLAN_CLIENT_ID }}']);
    expect(identityOf('drift')).toEqual(['${{ vars.PLAN_CLIENT_ID }}']);
    expect(identityOf('apply')).toEqual(['${{ vars.APPLY_CLIENT_ID }}']);
    expect(job('apply').environment).toBe('registry');
  });

  it('gives a job no more than it needs, and a fork nothing', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' });
    expect(job('validate').permissions).toBeUndefined();
    expect(job('plan').permissions).toEqual({
      contents: 'read',
      'id-token': 'write',
      'pull-requests': 'write',
    });
    expect(job('plan').if).toContain('head.repo.full_name == github.repository');
    for (const name of ['apply', 'drift'])
      expect(job(name).permissions).toEqual({ contents: 'read', 'id-token': 'write' });
  });

  it('pins every action by its commit, ends in time, and puts nothing of an event into a script', () => {
    const steps = Object.values(workflow.jobs).flatMap((one) => one.steps);
    const used = steps.flatMap(({ uses }) => uses ?? []);
    expect(used.length).toBeGreaterThan(10);
    expect(used.filter((one) => !/@[0-9a-f]{40}$/.test(one))).toEqual([]);
    expect(Object.values(workflow.jobs).every((one) => one['timeout-minutes'] <= 30)).toBe(true);
    expect(steps.flatMap(({ run: script }) => script ?? []).filter((one) => one.includes('${{'))).toEqual([]);
  });

  it('has owners for every folder of the registry beside it', () => {
    const lines = readFileSync(join(FOLDER, 'CODEOWNERS'), 'utf8').split('\n');
    const rules = lines.filter((line) => line !== '' && !line.startsWith('#'));
    expect(rules.length).toBeGreaterThan(3);
    expect(rules.filter((line) => !/^\/[\w./-]+\/ +(?:@example\/[\w-]+ ?)+$/.test(line))).toEqual([]);
    expect(rules.some((line) => line.startsWith('/.github/'))).toBe(true);
  });
});

describe('the commands of the workflow', () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'vaultcast-registry-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Runs a command of the workflow as it stands, its registry/ being these documents. */
  const perform = (args: string, documents: unknown[], registry: ReturnType<typeof fakeRegistry>) => {
    const file = join(folder, 'registry.json');
    writeFileSync(file, documents.map((one) => JSON.stringify(one)).join('\n---\n'));
    return run(
      args
        .trim()
        .split(' ')
        .map((word) => (word === 'registry' ? file : word)),
      { registry },
    );
  };

  it('find what is invalid, plan without writing, apply, and tell drift from none', async () => {
    const wanted = [writtenCluster(), writtenRoute()];
    const registry = fakeRegistry(stored(writtenCluster()));
    const [validate = ''] = commandsIn('validate');
    const [plan = ''] = commandsIn('plan');
    const [apply = ''] = commandsIn('apply');
    const [drift = '', clusters] = commandsIn('drift');

    expect((await perform(validate, wanted, registry)).code).toBe(0);
    expect((await perform(validate, [writtenRoute('app-1', { vault: 7 })], registry)).code).not.toBe(0);
    const planned = await perform(plan, wanted, registry);
    expect(planned.code).toBe(2);
    expect(planned.out).toMatch(/^### vaultcast: 1 to create/);
    expect((await perform(drift, wanted, registry)).code).toBe(2);

    await perform(apply.replace('--wait', '--no-reconcile'), wanted, registry);

    expect((await perform(drift, wanted, registry)).code).toBe(0);
    expect(clusters?.trim()).toBe('plan');
  });

  it('refuse in the folder that CODEOWNERS give to a team what reads the secrets of another one', async () => {
    const rules = readFileSync(join(FOLDER, 'CODEOWNERS'), 'utf8');
    const [, team = ''] = /^\/registry\/(app-1)\/ /m.exec(rules) ?? [];
    const [validate = ''] = commandsIn('validate');
    const words = validate
      .trim()
      .split(' ')
      .map((word) => (word === 'registry' ? folder : word));
    mkdirSync(join(folder, team));
    const write = (spec: object) =>
      writeFileSync(join(folder, team, 'r.json'), JSON.stringify(writtenRoute('r', { ...spec })));

    write({ prefix: `${team}--` });
    expect((await run(words)).code).toBe(0);

    write({ prefix: 'app-2--' });
    expect(await run(words)).toMatchObject({ code: 2, out: expect.stringContaining('app-2-- is not of') });
  });

  it.each([
    ['nothing differs', 0, 0],
    ['something differs', 2, 0],
    ['the plan failed', 1, 1],
  ])('make the plan a success or a failure: %s', async (_what, code, status) => {
    const bench: Bench = openBench();
    bench.command('vaultcast', `echo '### a plan'; exit ${code}`);
    const summary = join(folder, 'summary.md');
    const script = (stepNamed('Make the plan').run ?? '').replaceAll('plan.md', join(folder, 'plan.md'));

    expect((await bench.shell(script, { GITHUB_STEP_SUMMARY: summary })).status).toBe(status);
    expect(readFileSync(summary, 'utf8')).toBe('### a plan\n');
    expect(existsSync(join(folder, 'plan.md'))).toBe(true);
    bench.remove();
  });

  it('write one comment, and the same one again', async () => {
    const bench: Bench = openBench();
    bench.command('gh', 'echo "$*"');
    const ran = await bench.shell(stepNamed('Comment').run ?? '', { NUMBER: '7', GITHUB_REPOSITORY: 'a/b' });
    expect(ran.stdout).toBe('pr comment 7 --repo a/b --edit-last --create-if-none --body-file plan.md\n');
    bench.remove();
  });
});
