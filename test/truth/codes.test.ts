import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CODES } from '../../shared/errors.ts';
import type { Code } from '../../shared/errors.ts';
import { eventually } from '../local/stack/eventually.ts';
import { clusterYaml } from '../local/stack/sites.ts';
import { startStack } from '../local/stack/start.ts';
import type { Stack } from '../local/stack/start.ts';
import { ACCEPT, routeYaml } from '../local/stack/tenancy.ts';
import { ALL, ALONE, table, TOGETHER } from './codes/all.ts';
import { labelOf, labFor } from './codes/lab.ts';
import type { Lab } from './codes/lab.ts';
import type { Provocation } from './codes/provocation.ts';

const COMMON = 'weu-1';
const WAIT_MS = 40_000;
const TEST_MS = 120_000;

const EVERY = [...TOGETHER, ...ALONE];
let stack: Stack;

const clusterOf = ({ cluster = COMMON }: Provocation): string => cluster;
const specOf = (code: Code, one: Provocation) => ({
  prefix: `${labelOf(code)}--`,
  namespaces: [labelOf(code)],
  clusters: { names: [clusterOf(one)] },
  ...one.spec,
});
const labOf = (code: Code, one: Provocation): Lab =>
  labFor(stack, code, { cluster: clusterOf(one), spec: specOf(code, one) });

/** The cluster where removals are held wants what no route claims gone. */
const withOrphans = (yaml: string): string =>
  yaml.includes('name: c-held') ? yaml.replace('spec:', 'spec:\n  orphans: remove') : yaml;

beforeAll(async () => {
  // A host that ends leaves its lock on the timer behind for as long.
  const env = { HOST_TIMER_LOCK_SECONDS: '1' };
  stack = await startStack({
    env,
    vaults: ['team', 'slow'],
    clusters: [...new Set(EVERY.map(([, one]) => clusterOf(one)))],
  });
  for (const [code, { accept = `${labelOf(code)}--`, cluster = COMMON }] of EVERY)
    if (accept !== false) stack.cluster(cluster).createNamespace(labelOf(code), { [ACCEPT]: accept });
  const routes = EVERY.flatMap(([code, one]) =>
    one.spec === false ? [] : [routeYaml(labelOf(code), specOf(code, one))],
  );
  await stack.apply(
    [...stack.sites.map((site) => clusterYaml(site)).map(withOrphans), ...routes].join('---\n'),
  );
}, 180_000);
afterAll(() => stack.stop());

async function assertProblem(lab: Lab, name: string): Promise<void> {
  const found = await eventually(
    async () => (await lab.problems()).find(({ metadata }) => metadata.name === name),
    WAIT_MS,
  );
  expect(found.status).toMatchObject({ reason: lab.code, help: expect.any(String) });
}

/** What stands under Confirm can be run as it stands, and shows what the entry says. */
async function assertConfirmed(lab: Lab, what = /(?:)/): Promise<void> {
  expect(await lab.confirm()).toMatch(what);
}

async function isWell(lab: Lab, { well }: Provocation): Promise<boolean> {
  return well === undefined ? (await lab.row())?.['state'] === 'synced' : Boolean(await well(lab));
}

async function comesAndGoes(code: Code, one: Provocation): Promise<void> {
  const lab = labOf(code, one);
  await one.provoke(lab);
  const about = one.line?.(lab) ?? { namespace: lab.name, cluster: lab.cluster };
  expect(await lab.line(about)).toMatchObject({ code });

  if (one.problem) await assertProblem(lab, one.problem(lab));
  await assertConfirmed(lab, one.shows);

  await one.fix?.(lab);
  if (one.fix) await eventually(() => isWell(lab, one), WAIT_MS);
}

describe.concurrent('an outcome code of one target, vault or cluster', () => {
  it.each(TOGETHER)(
    '%s comes about, is confirmed by its runbook entry, and goes with the fix',
    comesAndGoes,
    TEST_MS,
  );
});

describe('an outcome code of the app as a whole', () => {
  it.each(ALONE)(
    '%s comes about, is confirmed by its runbook entry, and goes with the fix',
    comesAndGoes,
    TEST_MS,
  );
});

describe('the table of codes', () => {
  it('says of every code how it comes about, or why it does not here', () => {
    console.info(table());
    expect(Object.keys(ALL).toSorted()).toEqual(Object.keys(CODES).toSorted());
  });
});
