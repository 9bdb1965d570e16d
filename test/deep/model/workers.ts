import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { emptyReport, merged, type Report, type Search } from './check.ts';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../../..');
const CLI = join('test', 'deep', 'model-cli.ts');
/** Programs that a process runs before the next part is handed out. */
const PART = 100;

/** The same search in several processes; what is under way when one fails still ends. */
export async function searchInWorkers(
  { kind, from, count, about }: Search,
  workers: number,
): Promise<Report> {
  const starts = Array.from({ length: Math.ceil(count / PART) }, (_, part) => from + part * PART);
  let report = emptyReport(kind);
  const work = async (): Promise<void> => {
    for (let start = starts.shift(); start !== undefined; start = starts.shift()) {
      if (report.failure !== undefined) return;
      const size = Math.min(PART, from + count - start);
      const part = await searchApart({ kind, from: start, count: size, about });
      // Not before the wait: the other process may have added its part meanwhile.
      report = merged(report, part);
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  return report;
}

async function searchApart({ kind, from, count, about }: Search): Promise<Report> {
  const focus = about === undefined ? [] : ['--about', about];
  const args = [CLI, kind, String(count), '--from', String(from), '--json', ...focus];
  const { stdout } = await run(process.execPath, args, { cwd: root, maxBuffer: 64 * 1024 * 1024 });
  return JSON.parse(stdout) as Report;
}
