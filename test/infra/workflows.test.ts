import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { bicepFiles, INFRA } from './bicep/file.ts';
import { type Bench, openBench } from './scripts.ts';

const ROOT = join(INFRA, '..');
const FOLDER = join(ROOT, '.github/workflows');

interface Job {
  'timeout-minutes'?: number;
  if?: string;
  needs?: string | string[];
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

describe('the deploy workflow', () => {
  const deploy = workflows.find(({ name }) => name === 'deploy.yml');
  const script = deploy?.jobs.flatMap(({ steps }) => steps).at(-1)?.run ?? '';
  const names = { RESOURCE_GROUP: 'rg-vaultcast-prod', FUNCTION_APP_NAME: 'vaultcast-prod-abcdef' };
  let bench: Bench;
  beforeEach(() => {
    bench = openBench();
    bench.command('curl', `echo "asked $*"; exit "\${HEALTH:-0}"`);
  });
  afterEach(() => bench.remove());

  /** An app with this access, and this many functions. */
  const app = (access: string, functions = 10): void =>
    bench.command(
      'az',
      `case "$*" in 'functionapp function list '*) echo ${functions};; 'functionapp show '*) echo ${access};; *) exit 2;; esac`,
    );

  it('asks an open app for its health, and fails with it', async () => {
    app('Enabled/Allow');
    expect(await bench.shell(script, names)).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('https://vaultcast-prod-abcdef.azurewebsites.net/api/health'),
    });
    expect((await bench.shell(script, { ...names, HEALTH: '22' })).status).toBe(22);
  });

  it.each(['Disabled/Allow', 'Enabled/Deny'])(
    'does not ask an app that lets nobody in: %s',
    async (access) => {
      app(access);
      const { status, stdout } = await bench.shell(script, names);
      expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining('was not asked') });
      expect(stdout).not.toContain('asked --fail');
    },
  );

  it('fails where the app has no function', async () => {
    app('Disabled/Allow', 0);
    expect((await bench.shell(script, names)).status).toBe(1);
  });

  const jobs = (parse(deploy?.text ?? '') as { jobs: Record<string, Job> }).jobs;
  const runsOf = (job: string): string[] => (jobs[job]?.steps ?? []).flatMap(({ run }) => run ?? []);

  it('builds the package in a job that runs no other tool, and deploys no other bytes', () => {
    expect(runsOf('package')).toEqual(['npm ci', 'npm run package']);
    expect(runsOf('attest')).toEqual([]);
    expect(jobs['attest']?.needs).toBe('package');
    expect(jobs['deploy']?.needs).toEqual(['test', 'attest']);
    const [first = '', second = ''] = runsOf('deploy');
    expect(first).toMatch(/^gh attestation verify vaultcast\.zip .*--source-ref refs\/heads\/main$/);
    expect(second).toContain('--src vaultcast.zip');
  });

  it('takes what is on main, wherever it is started from', () => {
    for (const job of ['package', 'test']) expect(jobs[job]?.if).toBe("github.ref == 'refs/heads/main'");
  });

  it('deploys the package that npm makes of the staged folder', () => {
    expect(deploy?.text).toContain('npm run package');
    expect(deploy?.text).toContain('--src vaultcast.zip');
  });
});

it('updates are looked for every week, each ecosystem in groups', () => {
  const { updates } = parse(readFileSync(join(ROOT, '.github/dependabot.yml'), 'utf8')) as {
    updates: { 'package-ecosystem': string; schedule: { interval: string }; groups: object }[];
  };
  expect(updates.map((one) => one['package-ecosystem'])).toEqual(['npm', 'github-actions', 'pip']);
  for (const { schedule, groups } of updates) {
    expect(schedule.interval).toBe('weekly');
    expect(Object.keys(groups).length).toBeGreaterThan(0);
  }
});

it('what pip installs is what was looked at, byte by byte', () => {
  const requirements = readFileSync(join(INFRA, '../test/infra/requirements.txt'), 'utf8');
  const entries = requirements.split(/\n(?=\S)/).filter((entry) => !entry.startsWith('#'));
  expect(entries.length).toBeGreaterThan(50);
  expect(entries.filter((entry) => !/^[\w.-]+==\S+ .*--hash=sha256:[0-9a-f]{64}/s.test(entry))).toEqual([]);
  const wanted = readFileSync(join(ROOT, 'test/infra/requirements.in'), 'utf8').trim();
  expect(entries.some((entry) => entry.startsWith(`${wanted} `))).toBe(true);
  const scripts = [...workflows.map(({ text }) => text), readFileSync(join(ROOT, '.ci/run'), 'utf8')];
  const installs = scripts.flatMap((text) => text.match(/pip"? install .*/g) ?? []);
  expect(installs).toHaveLength(2);
  expect(installs.filter((line) => !line.includes('--require-hashes'))).toEqual([]);
});

describe('the ci workflow', () => {
  const ci = workflows.find(({ name }) => name === 'ci.yml')?.text ?? '';

  it('compiles with the version whose results the reader is held against', () => {
    expect(ci).toContain('az bicep install --version v0.49.2');
    expect(ci).toContain('bicep" snapshot');
  });

  it('compiles, lints and evaluates with that one, whatever else the runner has', () => {
    const script = parse(ci) as { jobs: Record<string, Job> };
    const [compile = ''] = (script.jobs['infra']?.steps ?? []).flatMap(({ run }) => run ?? []);
    expect(compile.match(/"\$bicep" (?:--version|build|lint|snapshot)/g)).toHaveLength(4);
    expect(compile.match(/az bicep/g)).toHaveLength(1);
  });

  describe('with a repository of actions', () => {
    /** Action and version -> commit. */
    const commits = new Map(
      workflows
        .flatMap(({ text }) => [...text.matchAll(/uses: (\S+)@([0-9a-f]{40}) # (v[\d.]+)/g)])
        .map(([, action, commit, version]) => [`${action} refs/tags/${version}`, commit ?? '']),
    );
    const { jobs } = parse(ci) as { jobs: Record<string, Job> };
    const script = (jobs['audit']?.steps ?? []).flatMap(({ run }) => run ?? []).at(-1) ?? '';
    let bench: Bench;
    beforeEach(() => {
      bench = openBench();
    });
    afterEach(() => bench.remove());

    /** `git ls-remote`, as a repository answers whose tags these are. */
    const tags = (known: ReadonlyMap<string, string>): void => {
      const cases = [...known].map(([tag, commit]) => `https://github.com/'${tag}') echo ${commit};;`);
      bench.command('git', `case "$2 $3" in ${cases.join(' ')} esac`);
    };
    const check = () => bench.shell(script.replaceAll(/\bpins$/gm, `'${bench.folder}/pins'`), {});

    it('lets pins pass that are the commits of their versions', async () => {
      tags(commits);
      expect(await check()).toEqual({ status: 0, stdout: '', stderr: '' });
    });

    it('names a pin that is the commit of no version', async () => {
      const [some = ''] = commits.keys();
      tags(new Map([...commits, [some, '0'.repeat(40)]]));
      expect(await check()).toEqual({
        status: 1,
        stdout: `${some.replace(' refs/tags/', ': ')} is not commit ${commits.get(some)}\n`,
        stderr: '',
      });
    });
  });

  it('compiles every template that nothing else uses', async () => {
    const files = await bicepFiles();
    const used = new Set(files.flatMap(({ modules }) => modules.map(({ path }) => path)));
    const alone = files.filter(
      ({ path, resources, modules }) => !used.has(path) && resources.length + modules.length > 0,
    );
    expect(alone.map(({ path }) => path).filter((path) => !ci.includes(`infra/${path}`))).toEqual([]);
    expect(alone).toHaveLength(3);
  });
});

describe.each(workflows)('$name', ({ text, permissions, jobs }) => {
  const steps = jobs.flatMap((job) => job.steps);

  it('pins every action by commit, and says which version that is', () => {
    const uses = text.match(/uses: .+/g) ?? [];
    expect(uses.length).toBeGreaterThan(0);
    expect(uses.filter((use) => !/^uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(use))).toEqual([]);
  });

  it('may only read, but for the tokens of the jobs that attest and deploy', () => {
    expect(permissions).toEqual({ contents: 'read' });
    const granted = jobs.flatMap((job) => Object.entries(job.permissions ?? {}));
    const tokens = ['id-token: write', 'attestations: write', 'attestations: read'];
    expect(granted.filter(([name, right]) => !tokens.includes(`${name}: ${right}`))).toEqual([]);
    const trusted = jobs.filter(({ permissions: own }) => own !== undefined);
    const runsOurs = trusted
      .flatMap((job) => job.steps)
      .filter(({ run, uses }) => /\bnpm\b/.test(run ?? '') || (uses ?? '').startsWith('actions/checkout@'));
    expect(runsOurs).toEqual([]);
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
