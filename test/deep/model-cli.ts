import { parseArgs } from 'node:util';
import { search, shortfalls, tableOf, tellFailure } from './model/check.ts';
import { searchInWorkers } from './model/workers.ts';

/**
 * `node test/deep/model-cli.ts any 10000 [--from N] [--workers 2] [--json]` runs so many programs, prints what they reached,
 * and exits with 1 when one breaks a rule, or when they do too little. `--brief` says which rule, and tells no story;
 * `--program N` tells the story of one; `--about orphans` makes programs that tell more of one story.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    from: { type: 'string', default: '1' },
    workers: { type: 'string', default: '1' },
    program: { type: 'string' },
    json: { type: 'boolean', default: false },
    brief: { type: 'boolean', default: false },
    about: { type: 'string' },
  },
});
// Thousands of errors are part of every program, and nobody reads where they were made.
Error.stackTraceLimit = 0;
const kind = positionals[0] === 'calm' ? 'calm' : 'any';
const wanted = {
  kind,
  from: Number(values.from),
  count: Number(positionals[1] ?? 1000),
  about: values.about,
} as const;

if (values.program !== undefined) console.log(await tellFailure(kind, Number(values.program), values.about));
else if (values.json) {
  const found = await search(wanted);
  console.log(JSON.stringify(found));
  process.exitCode = found.failure === undefined ? 0 : 1;
} else process.exitCode = await report();

async function report(): Promise<number> {
  const workers = Number(values.workers);
  const found = workers > 1 ? await searchInWorkers(wanted, workers) : await search(wanted);
  if (!values.brief) console.log(tableOf(found));
  if (found.failure !== undefined) {
    const { number, wrongs } = found.failure;
    const [first] = wrongs;
    const after = number - wanted.from + 1;
    console.log(`program ${after} of kind ${kind} breaks a rule: ${first?.rule}: ${first?.what}`);
    if (!values.brief) console.log(await tellFailure(kind, number, values.about));
    return 1;
  }
  for (const what of shortfalls(found)) console.log(`too little: ${what}`);
  console.log(`no rule was broken in programs ${wanted.from} to ${wanted.from + wanted.count - 1}`);
  return shortfalls(found).length > 0 ? 1 : 0;
}
