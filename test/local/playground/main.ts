// `npm run local`: the whole stack, kept up for trying things out, until Ctrl-C.
import { once } from 'node:events';
import { CLUSTERS, CONNECTION } from '../demo/story.ts';
import { paint, print } from '../demo/print.ts';
import { startDashboard } from './dashboard.ts';
import { writeEnvironment } from './environment.ts';
import { guideTo } from './guide.ts';
import { startPeople } from './people.ts';
import { startStack } from '../stack/start.ts';
import { applyTenancy } from '../stack/tenancy.ts';

/** What the functions say before anybody knows what this is helps nobody. */
let isIntroduced = false;
const stack = await startStack({
  clusters: CLUSTERS,
  env: { RECONCILE_SCHEDULE: '0 */15 * * * *' },
  onLine: (line) => {
    if (isIntroduced) print(paint('dim', line));
  },
});
await applyTenancy(stack);
const people = await startPeople(stack);
const removeEnvironment = await writeEnvironment(stack, people.url);
const dashboard = await startDashboard(stack, { secret: CONNECTION, cluster: 'neu-1' });
const steps = guideTo(stack, people.url).map(([heading, ...commands]) =>
  [heading, ...commands.map((command) => `  ${command}`)].join('\n'),
);

print(`
${paint('bold', 'vaultcast runs on this machine: vault team, clusters weu-1, neu-1 and sea-1.')} End it with Ctrl-C.
Namespaces app-1 and app-2 accept their own secrets, app-3 accepts none.

Watch it, rotate and stop a cluster by buttons (the address works once):
  ${dashboard.address}

${steps.join('\n')}

The log of the functions follows.
`);
isIntroduced = true;

await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
await dashboard.stop();
await removeEnvironment();
await people.stop();
await stack.stop();
