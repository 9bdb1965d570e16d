import { runProgram } from './run.ts';
import { programOf } from './program/make.ts';
const [kind = 'any', from = '1', count = '50'] = process.argv.slice(2);
Error.stackTraceLimit = 0;
const begun = Date.now();
for (let n = Number(from); n < Number(from) + Number(count); n += 1) {
  const made = programOf(kind as 'any', n);
  const p = process.env['PLAIN'] ? { ...made, setting: { ...made.setting, skews: [0, 0, 0] } } : made;
  const { wrongs } = await runProgram(p);
  if (wrongs.length > 0)
    console.log(
      kind,
      n,
      made.setting.skews[1] === 0 ? '' : 'S',
      wrongs
        .slice(0, 2)
        .map((x) => `${x.rule}: ${x.what}`)
        .join(' | ')
        .slice(0, 260),
    );
}
console.log(
  'done',
  kind,
  from,
  count,
  process.cpuUsage().user / 1000 / Number(count),
  (Date.now() - begun) / 1000,
);
