import { Argument } from 'commander';
import { OUTPUT_KINDS, outputJsonSchema } from '../output/json-schema.ts';
import type { AddCommand } from './command.ts';
import { examples } from './command.ts';
import { explainedJsonSchema } from './explain-field/fields.ts';
import { EXIT, say } from './terminal/io.ts';

const HELP = examples(
  'vaultcast schema > registry.schema.json',
  '# then, as the first line of a YAML file, for editors:',
  '# yaml-language-server: $schema=registry.schema.json',
  'vaultcast schema TargetList   # what vaultcast get targets -o json prints',
);

export const addSchema: AddCommand = (command, { io, finish }) => {
  command
    .addArgument(
      new Argument('[kind]', 'of what -o json prints; default: registry documents').choices(
        Object.keys(OUTPUT_KINDS),
      ),
    )
    .addHelpText('after', HELP)
    .action((kind: keyof typeof OUTPUT_KINDS | undefined) => {
      const schema = kind === undefined ? explainedJsonSchema() : outputJsonSchema(kind);
      say(io, JSON.stringify(schema, undefined, 2));
      finish(EXIT.ok);
    });
};
