import type { AddCommand } from './command.ts';
import { examples } from './command.ts';
import { EXIT, say } from './terminal/io.ts';

const EXAMPLES = examples(
  'vaultcast schema > registry.schema.json',
  '# then, as the first line of a YAML file, for editors:',
  '# yaml-language-server: $schema=registry.schema.json',
);

export const addSchema: AddCommand = (program, { io, finish }) => {
  program
    .command('schema')
    .description('Print the JSON Schema of registry documents, for editors')
    .addHelpText('after', EXAMPLES)
    .action(async () => {
      const { registryJsonSchema } = await import('../registry/json-schema.ts');
      say(io, JSON.stringify(registryJsonSchema(), undefined, 2));
      finish(EXIT.ok);
    });
};
