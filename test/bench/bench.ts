// All benchmarks, one after the other: every file beside this one that has a `run`. Numbers are of this machine; what
// they are compared with was measured in the same run.
import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const only = process.argv[2] ?? '';

const files: string[] = [];
for await (const file of glob('*.ts', { cwd: import.meta.dirname })) files.push(file);
for (const file of files.toSorted().filter((name) => name.includes(only) && name !== 'bench.ts')) {
  const { run } = (await import(pathToFileURL(join(import.meta.dirname, file)).href)) as {
    run?: () => Promise<void>;
  };
  if (run === undefined) continue;
  console.info(`\n${file}`);
  await run();
}
