import { parametersFile } from '../preflight/parameters.ts';
import type { Outputs } from './outputs.ts';

/** Parameters of events.bicep, as a file: no shell quotes a JSON list the same way as the next. */
export const eventsParameters = (outputs: Outputs): string =>
  parametersFile({
    instance: outputs.INSTANCE,
    topics: outputs.EVENT_TOPICS,
    functionAppId: outputs.FUNCTION_APP_ID,
    storageId: outputs.HOST_STORAGE_ID,
    deadLetterContainer: outputs.DEAD_LETTER_CONTAINER,
    destination: outputs.EVENT_DESTINATION,
  });

/** Arguments of `az`: the command that infra/README.md gives for a deployment by hand. */
export const eventsCommand = (outputs: Outputs, template: string, parameters: string): string[] => [
  'deployment',
  'sub',
  'create',
  '--name',
  `${outputs.INSTANCE}-events`,
  '--location',
  outputs.LOCATION,
  '--template-file',
  template,
  '--parameters',
  `@${parameters}`,
  '--output',
  'none',
];
