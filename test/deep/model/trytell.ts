import { programOf } from './program/make.ts';
import { shortest } from './program/shrink.ts';
import { runProgram } from './run.ts';
import { storyOf } from './story.ts';
const [kind = 'any', n = '1', wanted = ''] = process.argv.slice(2);
const made = programOf(kind as 'any', Number(n));
const p = process.env['PLAIN'] ? { ...made, setting: { ...made.setting, skews: [0, 0, 0] } } : made;
const wrongs = (await runProgram(p)).wrongs;
const first = wrongs.find((x) => x.rule.startsWith(wanted));
if (first === undefined) {
  console.log('nothing');
  process.exit();
}
const key =
  first.what
    .replace(/[0-9a-f-]{30,}|\d+/g, '')
    .split(/[:(]/)
    .pop() ?? '';
const is = async (q: typeof p) =>
  (await runProgram(q)).wrongs.find(
    (w) => w.rule === first.rule && w.what.replace(/[0-9a-f-]{30,}|\d+/g, '').endsWith(key),
  );
const s = await shortest(p, async (q) => (await is(q)) !== undefined);
const w = (await is(s)) ?? first;
console.log(
  [...(await storyOf(s, w.about)), JSON.stringify(s.setting), ...s.steps.map((x) => JSON.stringify(x))]
    .map((l) => l.slice(0, 300))
    .join('\n'),
);
