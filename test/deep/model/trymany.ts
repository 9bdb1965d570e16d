import { runProgram } from './run.ts';
import { programOf } from './program/make.ts';
const [kind = 'any', from = '1', count = '50'] = process.argv.slice(2);
for (let n = Number(from); n < Number(from) + Number(count); n += 1) {
  const { wrongs } = await runProgram(programOf(kind as 'any', n));
  if (wrongs.length > 0) console.log(kind, n, wrongs.slice(0, 2).map((x) => `${x.rule}: ${x.what}`).join(' | ').slice(0, 220));
}
console.log('done', kind, from, count, process.cpuUsage().user / 1000 / Number(count));
