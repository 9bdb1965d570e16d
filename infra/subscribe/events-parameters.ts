// npm run --silent events-parameters -- DEPLOYMENT > events.parameters.json: parameters of events.bicep, from the outputs of
// the deployment of main.bicep with that name. For those who deploy it themselves; npm run subscribe does both.
import { azOnPath } from '../az/run.ts';
import { eventsParameters } from './deployment.ts';
import { outputsOf } from './outputs.ts';

const [deployment = ''] = process.argv.slice(2);
try {
  process.stdout.write(eventsParameters(await outputsOf(azOnPath(), deployment)));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
