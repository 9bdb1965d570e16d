import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * What the heavy parts of rendering would cost every cold start were they not loaded on demand: milliseconds to import
 * the modules of the event path in a fresh process, median of some runs, with and without them.
 */
const RUNS = 9;
const SHARED = join(import.meta.dirname, '../../shared');

const CASES: Readonly<Record<string, readonly string[]>> = {
  'event path (sync.ts)': ['sync.ts'],
  '… and templates': ['sync.ts', 'render/template.ts'],
  '… and PKCS#12': ['sync.ts', 'certificate/pfx.ts', 'certificate/pfx-write.ts'],
  '… and both': ['sync.ts', 'render/template.ts', 'certificate/pfx.ts', 'certificate/pfx-write.ts'],
};

function importMs(files: readonly string[]): number {
  const urls = files.map((file) => pathToFileURL(join(SHARED, file)).href);
  const script = `const t = performance.now();
    for (const url of ${JSON.stringify(urls)}) await import(url);
    console.log(performance.now() - t);`;
  return Number(execFileSync(process.execPath, ['--input-type=module', '-e', script]).toString());
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
}

for (const [name, files] of Object.entries(CASES)) {
  const times = Array.from({ length: RUNS }, () => importMs(files));
  console.log(`${name.padEnd(24)} ${median(times).toFixed(0).padStart(5)} ms`);
}
