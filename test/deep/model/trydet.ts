import { createHash } from 'node:crypto';
import { runProgram } from './run.ts';
import { programOf } from './program/make.ts';
const [kind = 'any', from = '1', count = '10', reps = '3'] = process.argv.slice(2);
for (let n = Number(from); n < Number(from) + Number(count); n += 1) {
  const p = programOf(kind as 'any', n);
  const traces: string[][] = [];
  for (let r = 0; r < Number(reps); r += 1) {
    const trace: string[] = [];
    await runProgram(p, {
      attend: (u) =>
        u.observers.push({
          effect(call, task) {
            trace.push(
              `${u.time.now()} ${task.instance.id} ${task.name.replace(/Z-[0-9a-f]+/g, '')} ${call.port}.${call.method} ${call.place ?? call.secret ?? ''}`,
            );
            return () => {};
          },
          fault(call, task, name) {
            trace.push(`${u.time.now()} ${task.instance.id} fault ${name} ${call.method}`);
          },
        }),
    });
    traces.push(trace);
  }
  const h = traces.map((t) => createHash('sha1').update(t.join('\n')).digest('hex').slice(0, 8));
  if (new Set(h).size > 1) {
    const [a = [], b = []] = h[0] === h[1] ? [traces[0], traces[2]] : [traces[0], traces[1]];
    const i = a.findIndex((x, k) => x !== b[k]);
    console.log(n, h, i, a.slice(i - 2, i + 3), b.slice(i - 2, i + 3));
  } else console.log(n, 'same', h[0]);
}
