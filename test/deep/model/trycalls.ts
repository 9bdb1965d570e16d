import { runProgram } from './run.ts';
import { programOf } from './program/make.ts';
let phase = '';
const calls: Record<string, number> = {};
const ms: Record<string, number> = {};
let last = performance.now();
const methods: Record<string, number> = {};
for (let n = 400; n < 420; n += 1)
  await runProgram(programOf('any', n), {
    attend: (u) =>
      void u.observers.push({
        effect(call) {
          calls[phase] = (calls[phase] ?? 0) + 1;
          const m = phase + ' ' + call.port + '.' + call.method;
          methods[m] = (methods[m] ?? 0) + 1;
          return () => {};
        },
      }),
    enter: (p) => {
      const now = performance.now();
      ms[phase] = (ms[phase] ?? 0) + now - last;
      last = now;
      phase = p;
    },
  });
console.log(
  calls,
  ms,
  Object.entries(methods)
    .sort((a, b) => b[1] - a[1])
    .slice(0, 25),
);
