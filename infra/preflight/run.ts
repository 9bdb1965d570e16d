// npm run preflight [-- --parameters FILE] [-- --write FILE]: azd runs it before it provisions. Needs a signed-in Azure CLI.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import pLimit from 'p-limit';
import { azdOnPath, azOnPath, type RunAz } from '../az/run.ts';
import type { Finding } from './finding.ts';
import { parametersFile, parametersIn } from './parameters.ts';
import { preflight } from './preflight.ts';

/** Each question is a process of its own, with a Python to start. */
const AT_ONCE = 6;
const TOPICS = 'VAULTCAST_SYSTEM_TOPICS';

const { values } = parseArgs({
  options: {
    parameters: {
      type: 'string',
      default: fileURLToPath(new URL('../main.parameters.json', import.meta.url)),
    },
    write: { type: 'string' },
  },
});

function limited(run: RunAz): RunAz {
  const limit = pLimit(AT_ONCE);
  return (args) => limit(() => run(args));
}

function print(findings: readonly Finding[]): void {
  for (const { kind, text, command } of findings) {
    const line = kind === 'problem' ? console.error : console.log;
    line(`${kind}: ${text}`);
    if (command !== undefined) line(`    ${command}`);
  }
}

/** azd reads its environment again before it fills in the parameters. */
function tellAzd(systemTopics: string): void {
  if ((process.env['AZURE_ENV_NAME'] ?? '') === '' || (process.env[TOPICS] ?? '') === systemTopics) return;
  const { error, status } = spawnSync('azd', ['env', 'set', TOPICS, systemTopics], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  // Whoever has no azd has these variables from their own shell.
  if (error === undefined && status !== 0)
    throw new Error(`azd did not take it: azd env set ${TOPICS} ${systemTopics}`);
}

function givenIn(file: string): Record<string, unknown> {
  try {
    return parametersIn(readFileSync(file, 'utf8'), process.env);
  } catch (error) {
    throw new Error(`${file}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

function deliver(parameters: Record<string, unknown>): void {
  if (values.write === undefined) {
    tellAzd(String(parameters['systemTopics']));
    console.log('preflight: nothing in the way.');
    return;
  }
  writeFileSync(values.write, parametersFile(parameters));
  console.log(`${values.write}: the parameters, ready for az deployment sub create.`);
}

async function main(): Promise<number> {
  const given = givenIn(values.parameters);
  const { findings, parameters } = await preflight(limited(azOnPath()), given, process.env, azdOnPath());
  print(findings);
  const problems = findings.filter(({ kind }) => kind === 'problem').length;
  if (problems === 0) deliver(parameters);
  else console.error(`${problems} problem${problems === 1 ? '' : 's'}: nothing was deployed.`);
  return problems === 0 ? 0 : 1;
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  return 1;
});
