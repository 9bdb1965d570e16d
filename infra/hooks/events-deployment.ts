import type { Environment } from './parameters.ts';

/** Parameter of events.bicep -> output of main.bicep that azd hands to hooks as an environment variable. */
const FROM_OUTPUTS = {
  instance: 'INSTANCE',
  topics: 'EVENT_TOPICS',
  functionAppId: 'FUNCTION_APP_ID',
  storageId: 'HOST_STORAGE_ID',
  deadLetterContainer: 'DEAD_LETTER_CONTAINER',
  destination: 'EVENT_DESTINATION',
} as const;

/** A parameters file for events.bicep: a file, because no shell quotes a JSON list the same way as the next. */
export function eventsParameters(environment: Environment): string {
  const missing = Object.values(FROM_OUTPUTS).filter((name) => (environment[name] ?? '') === '');
  if (missing.length > 0)
    throw new Error(`${missing.join(', ')} not set: run \`azd provision\` first, its outputs are needed`);
  const parameters = Object.entries(FROM_OUTPUTS).map(([parameter, name]) => {
    const text = environment[name] ?? '';
    return [parameter, { value: parameter === 'topics' ? (JSON.parse(text) as unknown) : text }];
  });
  return JSON.stringify({
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#',
    contentVersion: '1.0.0.0',
    parameters: Object.fromEntries(parameters) as unknown,
  });
}

/** Arguments of `az`: the same command that infra/README.md gives for a deployment by hand. */
export function eventsCommand(environment: Environment, template: string, parametersFile: string): string[] {
  const options = {
    '--name': `${environment['INSTANCE']}-events`,
    '--location': environment['AZURE_LOCATION'] ?? '',
    '--subscription': environment['AZURE_SUBSCRIPTION_ID'] ?? '',
    '--template-file': template,
    '--parameters': `@${parametersFile}`,
    '--output': 'none',
  };
  return ['deployment', 'sub', 'create', ...Object.entries(options).flat()];
}
