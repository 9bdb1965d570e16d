// azd runs this after the code is deployed: `npm exec -- node infra/hooks/subscribe.ts`. Needs a signed-in Azure CLI.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventsCommand, eventsParameters } from './events-deployment.ts';

const ATTEMPTS = 5;
const PAUSE_MS = 30_000;

const folder = mkdtempSync(join(tmpdir(), 'vaultcast-events-'));
try {
  const file = join(folder, 'events.parameters.json');
  writeFileSync(file, eventsParameters(process.env));
  const template = fileURLToPath(new URL('../events.bicep', import.meta.url));
  process.exitCode = await untilItWorks(eventsCommand(process.env, template, file));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Right after a deployment the host may not list its functions yet, and role assignments take minutes to arrive. */
async function untilItWorks(command: string[]): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    // On Windows `az` is a batch file, which only a shell can start.
    const { status, error } = spawnSync('az', command, {
      stdio: 'inherit',
      shell: process.platform === 'win32',
    });
    if (error !== undefined) console.error(`az could not be started: ${error.message}`);
    if (status === 0 || error !== undefined || attempt === ATTEMPTS) return status ?? 1;
    console.error(`event subscriptions: attempt ${attempt} of ${ATTEMPTS} failed, next one in 30 seconds`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
