// `npm run demo`: what a platform engineer would show a colleague. Ends with 0 only if all of it happened.
import { parseArgs } from 'node:util';
import { happened, paint, print } from './print.ts';
import { CLUSTERS, tell } from './story.ts';
import { startDashboard } from '../playground/dashboard.ts';
import type { Dashboard } from '../playground/dashboard.ts';
import { startStack } from '../stack/start.ts';
import type { Stack } from '../stack/start.ts';

const LAST_LINES = 10;

function printFailure(stack: Stack, error: unknown): void {
  print(`\n  ${paint('red', '✘')} ${error instanceof Error ? error.message : String(error)}\n`);
  print(paint('dim', 'The last lines of the functions:'));
  for (const line of stack.hosts.flatMap(({ lines }) => lines).slice(-LAST_LINES)) print(paint('dim', line));
}

const { values } = parseArgs({ options: { verbose: { type: 'boolean', default: false } } });
const started = performance.now();
const stack = await startStack({
  clusters: CLUSTERS,
  ...(values.verbose && { onLine: (line: string) => print(paint('dim', `    ${line}`)) }),
});
print(paint('bold', 'vaultcast: Key Vault secrets in every cluster that wants them, the moment they change'));
print(
  'One vault, three clusters, identity, storage and the built functions run on this machine, over HTTP and TLS.',
);
let dashboard: Dashboard | undefined;
try {
  await tell(stack, async () => {
    // The story says what happens to every cluster and to its own secrets, so people play with another one.
    dashboard = await startDashboard(stack, { secret: 'app-1--smtp--password' });
    print(`\n  Watch it while it lasts: ${dashboard.address}`);
  });
  print();
  happened(`all of it happened, in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  print(`\n  npm run demo -- --verbose   shows the log lines of the functions, too`);
  print('  npm run local               keeps all of this running, to try it out');
} catch (error) {
  printFailure(stack, error);
  process.exitCode = 1;
} finally {
  await dashboard?.stop();
  await stack.stop();
}
