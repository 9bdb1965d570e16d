import type { AddCommand } from './command.ts';
import { examples } from './command.ts';
import { explainedJsonSchema } from './explain-field/schema.ts';
import { EXIT, say } from './terminal/io.ts';

const HELP = examples(
  'vaultcast schema > registry.schema.json',
  '# then, as the first line of a YAML file, for editors:',
  '# yaml-language-server: $schema=registry.schema.json',
);

export const addSchema: AddCommand = (command, { io, finish }) => {
  command.addHelpText('after', HELP).action(() => {
    say(io, JSON.stringify(explainedJsonSchema(), undefined, 2));
    finish(EXIT.ok);
  });
};
