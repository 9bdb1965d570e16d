import { Option } from 'commander';
import type { AddCommand } from '../command.ts';
import { examples } from '../command.ts';
import { say } from '../terminal/io.ts';
import { yamlText } from '../terminal/print.ts';
import { allFields } from './fields.ts';
import type { Field } from './fields.ts';
import { findFields } from './find.ts';
import { referenceText } from './reference.ts';
import { fieldText, listText } from './show.ts';

const HELP = examples(
  'vaultcast explain-field                       # all fields of Cluster and Route documents',
  'vaultcast explain-field spec.layout',
  'vaultcast explain-field Route.spec.data.password.secret',
  'vaultcast explain-field fromSegment           # the end of a path will do',
);

interface Options {
  output: 'text' | 'json' | 'yaml' | 'markdown';
}

export const addExplainField: AddCommand = (command, { io }) => {
  command
    .argument(
      '[field]',
      'path of a field, perhaps with Cluster. or Route. before it; or one of these alone; default: all',
    )
    .addOption(
      new Option('-o, --output <format>', 'format')
        .choices(['text', 'json', 'yaml', 'markdown'])
        .default('text'),
    )
    .addHelpText('after', HELP)
    .action((word: string | undefined, { output }: Options) => {
      const all = allFields();
      const isKind = (field: Field): boolean => field.kind.toLowerCase() === word?.toLowerCase();
      const whole = word === undefined ? all : all.filter(isKind);
      const fields = whole.length > 0 ? whole : findFields(word ?? '', all);
      if (output === 'json') say(io, JSON.stringify(fields.map(publicPart), undefined, 2));
      else if (output === 'yaml') say(io, yamlText(fields.map(publicPart)));
      else if (output === 'markdown') io.stdout.write(referenceText(fields));
      else if (whole.length > 0) say(io, listText(whole));
      else say(io, fields.map((field) => fieldText(io, field, all)).join('\n\n'));
    });
};

/** What programs may rely on. */
function publicPart({ kind, path, type, required, default: standard, text, example }: Field): object {
  return { kind, path, type, required, default: standard, description: text, example };
}
