// npm run --silent outputs -- DEPLOYMENT: outputs of the deployment of main.bicep with that name, as variables of a shell. With
// azd: azd env get-values.
import { azOnPath } from '../az/run.ts';
import { allOutputs } from './outputs.ts';

/** In double quotes, as azd prints them; a list is JSON. */
const quoted = (value: unknown): string =>
  JSON.stringify(typeof value === 'string' ? value : JSON.stringify(value));

const [deployment = ''] = process.argv.slice(2);
try {
  for (const [name, value] of await allOutputs(azOnPath(), deployment))
    console.log(`${name}=${quoted(value)}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
