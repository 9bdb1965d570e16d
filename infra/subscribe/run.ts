// npm run subscribe [-- DEPLOYMENT]: azd runs it after it deployed the code. Needs a signed-in Azure CLI. It can be
// repeated: what is there already stays as it is.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { azOnPath } from '../az/run.ts';
import { eventsCommand, eventsParameters } from './deployment.ts';
import { type Outputs, outputsFrom, outputsOf } from './outputs.ts';
import { type Outcome, unreachable, untilReady } from './readiness.ts';
import { askStatus } from './status.ts';

/** Right after a deployment the host may not list its functions yet; a new topic's roles take minutes, too. */
const ATTEMPTS = 5;
const PAUSE_MS = 30_000;
/** A deployment of subscriptions takes a minute or two. */
const DEPLOY_MS = 30 * 60_000;

async function wait(outputs: Outputs): Promise<Outcome> {
  const reason = unreachable(outputs);
  if (reason !== undefined) return { kind: 'unknown', reason };
  const ask = (): Promise<{ status: number; json: unknown }> => askStatus(azOnPath(), outputs);
  return untilReady({ ask, now: Date.now, sleep: (ms) => sleep(ms), say: (line) => console.log(line) });
}

async function subscribe(outputs: Outputs): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'vaultcast-events-'));
  try {
    const file = join(folder, 'events.parameters.json');
    writeFileSync(file, eventsParameters(outputs));
    const template = fileURLToPath(new URL('../events.bicep', import.meta.url));
    return await untilItWorks(eventsCommand(outputs, template, file));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function untilItWorks(command: readonly string[]): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    const { ended, status } = await azOnPath(DEPLOY_MS, 'inherit')(command);
    if (ended === 'missing') console.error('az is not on the PATH: https://aka.ms/azcli');
    if (status === 0 || ended === 'missing' || attempt === ATTEMPTS) return status;
    console.error(`event subscriptions: attempt ${attempt} of ${ATTEMPTS} failed, next one in 30 seconds`);
    await sleep(PAUSE_MS);
  }
}

async function main(deployment: string | undefined): Promise<number> {
  const outputs =
    deployment === undefined ? outputsFrom(process.env) : await outputsOf(azOnPath(), deployment);
  const outcome = await wait(outputs);
  if (outcome.kind === 'late') {
    console.error(`After 15 minutes the app still cannot read all of its storage:`);
    for (const one of outcome.missing) console.error(`  ${one}`);
    console.error(
      'No event subscription was made. Check the roles in infra/security.md, then run this again.',
    );
    return 1;
  }
  if (outcome.kind === 'unknown')
    console.log(
      `Not waited for roles, because ${outcome.reason}. Event Grid and the queues keep what arrives meanwhile.`,
    );
  return subscribe(outputs);
}

process.exitCode = await main(process.argv[2]).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  return 1;
});
