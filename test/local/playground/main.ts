// `npm run local`: the whole stack, kept up for trying things out, until Ctrl-C.
import { once } from 'node:events';
import { CLUSTERS, CONNECTION } from '../demo/story.ts';
import { paint, print } from '../demo/print.ts';
import { startDashboard } from './dashboard.ts';
import { startPeople } from './people.ts';
import { startStack } from '../stack/start.ts';
import { applyTenancy } from '../stack/tenancy.ts';

const stack = await startStack({
  clusters: CLUSTERS,
  env: { RECONCILE_SCHEDULE: '0 */15 * * * *' },
  onLine: (line) => print(paint('dim', line)),
});
await applyTenancy(stack);
const people = await startPeople(stack);
const dashboard = await startDashboard(stack, { secret: CONNECTION, cluster: 'neu-1' });
const [host] = stack.hosts;

print(`
${paint('bold', 'vaultcast runs on this machine: vault team, clusters weu-1, neu-1 and sea-1.')} End it with Ctrl-C.
Namespaces app-1 and app-2 accept their own secrets, app-3 accepts none.

Watch it, rotate and stop a cluster by buttons (the address works once):
  ${dashboard.address}

Rotate a secret (sets it in the vault and delivers the event to the functions):
  curl -X PUT --data 'Host=pg;Password=1' ${people.url}/secrets/app-1--postgres972--connectionstring
See what a cluster holds:
  curl ${people.url}/clusters/weu-1
Let a cluster go down, and come back:
  curl -X POST ${people.url}/clusters/neu-1/down
  curl -X POST ${people.url}/clusters/neu-1/up
Use the command, here in this folder (npx brings the Node that it needs):
  export REGISTRY='${stack.storage.connectionString}'
  export AzureWebJobsStorage="$REGISTRY"
  npx vaultcast get routes -o yaml
  npx vaultcast explain app-1--postgres972--connectionstring
  npx vaultcast reconcile
Ask the functions how they are:
  curl -H 'x-functions-key: ${stack.functionsKey}' ${host?.url}/api/status
Let them compare every cluster with the vault now instead of every fifteen minutes:
  curl -X POST -H 'content-type: application/json' -H 'x-functions-key: ${host?.keys.master}' --data '{}' \\
    ${host?.url}/admin/functions/reconcile-timer

The log of the functions follows.
`);

await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
await dashboard.stop();
await people.stop();
await stack.stop();
