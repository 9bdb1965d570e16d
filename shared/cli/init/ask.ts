import { createInterface } from 'node:readline/promises';
import { CliError } from '../terminal/failure.ts';
import type { Io } from '../terminal/io.ts';
import { EXIT, note } from '../terminal/io.ts';

/** A question, and the flag that answers it where nobody is there. */
interface Question {
  text: string;
  flag: string;
}

/** One line of a person; empty: what is proposed. Throws CliError where nobody is there to ask and nothing is proposed. */
export async function askText(io: Io, { text, flag }: Question, proposed?: string): Promise<string> {
  if (!io.interactive) {
    if (proposed !== undefined) return proposed;
    throw new CliError(`there is nobody here to ask: ${text}`, `Give ${flag}.`, EXIT.usage);
  }
  const lines = createInterface({ input: io.stdin, output: io.stderr });
  try {
    const hint = proposed === undefined || proposed === '' ? '' : ` [${proposed}]`;
    const answer = (await lines.question(`${text}${hint}: `, { signal: io.signal })).trim();
    return answer === '' ? (proposed ?? '') : answer;
  } finally {
    lines.close();
  }
}

/** One of several; the only one is taken without a question. */
export async function chooseOne<T>(
  io: Io,
  question: Question,
  choices: readonly T[],
  nameOf: (choice: T) => string,
): Promise<T> {
  const [only, ...others] = choices;
  if (only !== undefined && others.length === 0) return only;
  const [chosen] = await choose(io, question, choices, nameOf);
  if (chosen !== undefined) return chosen;
  throw new CliError(`nothing was chosen: ${question.text}`, `Give ${question.flag}.`, EXIT.usage);
}

/** Some of them, by their numbers or names; none is an answer, too. Asks again for what is neither. */
export async function choose<T>(
  io: Io,
  question: Question,
  choices: readonly T[],
  nameOf: (choice: T) => string,
): Promise<T[]> {
  if (io.interactive) choices.forEach((choice, at) => note(io, `  ${at + 1}  ${nameOf(choice)}`));
  const answer = await askText(io, {
    ...question,
    text: `${question.text} (numbers, with commas between them)`,
  });
  const words = answer.split(/[\s,]+/).filter((word) => word !== '');
  const found = words.map((word) =>
    choices.find((choice, at) => word === String(at + 1) || nameOf(choice).split(' ')[0] === word),
  );
  const unknown = words.filter((_, at) => found[at] === undefined);
  if (unknown.length === 0) return found.filter((choice) => choice !== undefined);
  note(io, `There is no ${unknown.join(', ')}.`);
  return choose(io, question, choices, nameOf);
}
