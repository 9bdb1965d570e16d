// Measures the built bundles against bare loops of the same requests: README.md says what and how.
//
//   npm run bench -- [--only NAME]... [--json FILE]
import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { Listr } from 'listr2';
import { getBorderCharacters, table } from 'table';
import { cellsOf, HEADING, type Row, rowOf } from './report/row.ts';
import { scenarios } from './scenarios/all.ts';
import type { Scenario } from './scenarios/scenario.ts';

const { values } = parseArgs({
  options: { only: { type: 'string', multiple: true, default: [] }, json: { type: 'string' } },
});

function chosen(): Scenario[] {
  const { only } = values;
  const found = scenarios.filter(({ name }) => only.length === 0 || only.some((part) => name.includes(part)));
  if (found.length > 0) return found;
  console.error(`no scenario is called so; there are ${scenarios.map(({ name }) => name).join(', ')}`);
  process.exit(64);
}

const rows: Row[] = [];
const loads: Record<string, number> = {};
const failures: Record<string, string> = {};

/** The load before it began: whoever else works on the machine is in every figure. */
const toTask = ({ name, run }: Scenario) => ({
  title: name,
  task: async (_: unknown, task: { output: string }): Promise<void> => {
    loads[name] = loadavg()[0] ?? 0;
    try {
      const figures = await run((text) => void (task.output = text));
      rows.push(...figures.map((figure) => rowOf(name, figure)));
    } catch (error) {
      failures[name] = String(error);
      throw error;
    }
  },
});

const tasks = new Listr(chosen().map(toTask), { exitOnError: false, collectErrors: false });
const begun = new Date();
await tasks.run();

const commit = execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], {
  cwd: import.meta.dirname,
  encoding: 'utf8',
}).trim();
const machine = {
  commit,
  node: process.version,
  cores: availableParallelism(),
  begun: begun.toISOString(),
  loads,
  failures,
};
const drawn = table([[...HEADING], ...rows.map(cellsOf)], {
  border: getBorderCharacters('void'),
  columnDefault: { paddingLeft: 0, paddingRight: 2 },
  drawHorizontalLine: () => false,
});
console.info(drawn);
console.info(
  `commit ${commit}, Node ${machine.node}, ${machine.cores} cores; load before each scenario: ${JSON.stringify(loads)}`,
);
if (values.json !== undefined)
  await writeFile(values.json, `${JSON.stringify({ ...machine, rows }, undefined, 2)}\n`);
for (const [name, failure] of Object.entries(failures)) console.error(`${name} failed: ${failure}`);
// A scenario that failed may have left a process: it ends with this one.
process.exit(Object.keys(failures).length > 0 ? 1 : 0);
