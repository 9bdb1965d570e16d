import { z } from 'zod';
import { askAz } from '../az/answer.ts';
import type { RunAz } from '../az/run.ts';
import { unanswered } from '../preflight/finding.ts';

/** Outputs of main.bicep that the second phase needs. */
export interface Outputs {
  INSTANCE: string;
  LOCATION: string;
  EVENT_TOPICS: readonly { name: string; id: string }[];
  EVENT_DESTINATION: string;
  FUNCTION_APP_ID: string;
  FUNCTION_APP_URL: string;
  HOST_STORAGE_ID: string;
  DEAD_LETTER_CONTAINER: string;
  INBOUND: string;
}

const NAMES = [
  'INSTANCE',
  'LOCATION',
  'EVENT_TOPICS',
  'EVENT_DESTINATION',
  'FUNCTION_APP_ID',
  'FUNCTION_APP_URL',
  'HOST_STORAGE_ID',
  'DEAD_LETTER_CONTAINER',
  'INBOUND',
] as const satisfies readonly (keyof Outputs)[];

/** The others, for people: the command line, RBAC in the clusters, deployments of the code. */
const FOR_PEOPLE = [
  'AZURE_RESOURCE_GROUP',
  'FUNCTION_APP_NAME',
  'IDENTITY_OBJECT_ID',
  'IDENTITY_CLIENT_ID',
  'OUTBOUND_ADDRESS',
  'REGISTRY__tableServiceUri',
  'AzureWebJobsStorage__queueServiceUri',
] as const;

/** azd hands outputs to its hooks as variables, lists as JSON. Throws with what is missing. */
export function outputsFrom(values: Readonly<Record<string, unknown>>): Outputs {
  const missing = NAMES.filter((name) => (values[name] ?? '') === '');
  if (missing.length > 0)
    throw new Error(
      `${missing.join(', ')}: no such output; run azd provision first, or name the deployment of main.bicep`,
    );
  const topics = values['EVENT_TOPICS'];
  const list = typeof topics === 'string' ? (JSON.parse(topics) as unknown) : topics;
  return { ...values, EVENT_TOPICS: list } as Outputs;
}

/** A deployment that failed has no outputs. */
const DEPLOYMENT = z.object({
  properties: z.object({
    provisioningState: z.string(),
    outputs: z.record(z.string(), z.object({ value: z.unknown() })).nullish(),
  }),
});

/**
 * Without azd: every output of the deployment of that name. Resource Manager spells the first letters of names small, so
 * they are told by the names of the template. Throws where there is none, saying why.
 */
export async function allOutputs(run: RunAz, deployment: string): Promise<Map<string, unknown>> {
  if (deployment === '') throw new Error('name the deployment of main.bicep, such as vaultcast-prod');
  const answer = await askAz(run, ['deployment', 'sub', 'show', '--name', deployment], DEPLOYMENT);
  if (!answer.ok) {
    const { text, command } = unanswered(answer, `deployment ${deployment}`);
    throw new Error([text, command].filter((line) => line !== undefined).join('\n'));
  }
  const { outputs, provisioningState } = answer.json.properties;
  if (provisioningState !== 'Succeeded')
    throw new Error(`deployment ${deployment} is ${provisioningState}: it must have succeeded first`);
  const known = new Map([...NAMES, ...FOR_PEOPLE].map((name) => [name.toLowerCase(), name]));
  return new Map(
    Object.entries(outputs ?? {}).map(([name, { value }]) => [known.get(name.toLowerCase()) ?? name, value]),
  );
}

export const outputsOf = async (run: RunAz, deployment: string): Promise<Outputs> =>
  outputsFrom(Object.fromEntries(await allOutputs(run, deployment)));
