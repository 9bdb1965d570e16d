import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { INFRA } from './bicep/file.ts';

const ROOT = join(INFRA, '..');
const FOLDER = join(ROOT, '.github/workflows');

interface Job {
  'timeout-minutes'?: number;
  permissions?: Record<string, string>;
  steps: { uses?: string; run?: string; with?: Record<string, unknown> }[];
}

const workflows = readdirSync(FOLDER).map((name) => {
  const text = readFileSync(join(FOLDER, name), 'utf8');
  const document = parse(text) as { permissions: Record<string, string>; jobs: Record<string, Job> };
  return { name, text, permissions: document.permissions, jobs: Object.values(document.jobs) };
});

it('sees the workflows', () => {
  expect(workflows.map(({ name }) => name)).toEqual(['ci.yml', 'deploy.yml']);
});

describe.each(workflows)('$name', ({ text, permissions, jobs }) => {
  const steps = jobs.flatMap((job) => job.steps);

  it('pins every action by commit, and says which version that is', () => {
    const uses = text.match(/uses: .+/g) ?? [];
    expect(uses.length).toBeGreaterThan(0);
    expect(uses.filter((use) => !/^uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(use))).toEqual([]);
  });

  it('may only read, but for the token of the one job that deploys', () => {
    expect(permissions).toEqual({ contents: 'read' });
    const granted = jobs.flatMap((job) => Object.entries(job.permissions ?? {}));
    expect(granted.filter(([name, right]) => `${name}: ${right}` !== 'id-token: write')).toEqual([]);
  });

  it('leaves no credential behind a checkout and no job without a time limit', () => {
    const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    expect(checkouts.every((step) => step.with?.['persist-credentials'] === false)).toBe(true);
    expect(jobs.every((job) => (job['timeout-minutes'] ?? 0) > 0)).toBe(true);
  });

  it('puts no expression into a script: a name with a quote would be run', () => {
    expect(steps.filter(({ run }) => run?.includes('${{'))).toEqual([]);
  });

  it('runs npm scripts that exist', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const named = [...text.matchAll(/npm (?:run )?(\w[\w:]*)/g)].map(([, name]) => name ?? '');
    const ours = named.filter((name) => !['ci', 'audit'].includes(name));
    expect(ours.length).toBeGreaterThan(0);
    expect(ours.filter((name) => !(name in scripts))).toEqual([]);
  });
});
