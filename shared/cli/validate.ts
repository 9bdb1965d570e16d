import { API_VERSION, countsOf } from '../output/fields.ts';
import type { Output } from '../output/json-schema.ts';
import { collisionsIn } from '../registry/collisions.ts';
import type { RegistryDocument } from '../registry/document.ts';
import {
  collisionJudgements,
  documentJudgements,
  findingJudgement,
  isRefused,
  judgementLines,
} from './apply/judge.ts';
import { folderJudgements } from './apply/folders.ts';
import type { AddCommand, Context } from './command.ts';
import { examples } from './command.ts';
import { readAll } from './connect/files.ts';
import { collect, FILENAME } from './connect/flags.ts';
import type { OutputOptions } from './output/format.ts';
import { isForPeople, show, withOutput } from './output/format.ts';
import type { ExitCode } from './terminal/io.ts';
import { EXIT, note } from './terminal/io.ts';

const HELP = examples(
  'vaultcast validate -f registry/            # in a pull request: no sign-in, no network',
  'vaultcast validate -f registry/ --prefix-folders # each folder has an owner: CODEOWNERS',
  'VAULTS=team=https://team.vault.azure.net vaultcast validate -f registry/ --strict',
);

interface ValidateOptions extends OutputOptions {
  filename: string[];
  allowCollisions?: boolean;
  prefixFolders?: boolean;
  strict?: boolean;
}

export const addValidate: AddCommand = (command, context) => {
  command
    .requiredOption(
      FILENAME,
      'YAML or JSON file, folder (with all below), or - for stdin; repeatable',
      collect,
    )
    .option('--allow-collisions', 'let two routes of the files claim the same Secrets')
    .option('--prefix-folders', 'a folder NAME may hold routes of prefix NAME-- only, and no Cluster')
    .option('--strict', 'warnings are errors');
  withOutput(command)
    .addHelpText('after', HELP)
    .action(async (options: ValidateOptions) => {
      context.finish(await validate(options, context));
    });
};

/** Offline: says everything that is wrong with files, as far as they tell it themselves. */
async function validate(options: ValidateOptions, { io }: Context): Promise<ExitCode> {
  const read = await readAll(options.filename, io);
  const documents = read.documents.map(({ document }) => document);
  const judgements = [
    ...read.problems.map(findingJudgement),
    ...documentJudgements(documents, io.env),
    ...(options.prefixFolders === true
      ? read.documents.flatMap((one) => folderJudgements(one.place, one.document, options.filename))
      : []),
    ...collisionJudgements(collisionsIn(once(documents)), options),
  ];
  const document: Output<'Validation'> = {
    apiVersion: API_VERSION,
    kind: 'Validation',
    metadata: { documents: documents.length, counts: countsOf(judgements.map(({ level }) => level)) },
    judgements,
  };
  await show(io, options.output, {
    document,
    names: titlesOf(judgements),
    text: () => judgementLines(io, judgements, options).join('\n'),
  });
  if (isForPeople(options.output))
    note(io, `${counted(documents.length, 'valid document')}, ${counted(judgements.length, 'finding')}.`);
  return isRefused(judgements, options) ? EXIT.differs : EXIT.ok;
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** A name that stands twice is said as that, and collides with itself no more. */
function once(documents: readonly RegistryDocument[]): RegistryDocument[] {
  return [...new Map(documents.map((one) => [`${one.kind} ${one.metadata.name}`, one])).values()];
}

/** Of what is wrong. */
function titlesOf(judgements: Output<'Validation'>['judgements']): string[] {
  const titles = judgements.flatMap(({ document }) => document?.toLowerCase().replace(' ', '/') ?? []);
  return [...new Set(titles)];
}
