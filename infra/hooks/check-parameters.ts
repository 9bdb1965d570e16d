// azd runs this before it provisions: `npm exec -- node infra/hooks/check-parameters.ts`.
import { readFileSync } from 'node:fs';
import { parameterProblems } from './check.ts';

const file = new URL('../main.parameters.json', import.meta.url);
const problems = parameterProblems(readFileSync(file, 'utf8'), process.env);
for (const problem of problems) console.error(`infra/main.parameters.json: ${problem}`);
process.exitCode = problems.length === 0 ? 0 : 1;
