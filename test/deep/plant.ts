import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, matchesGlob, resolve } from 'node:path';
import { promisify } from 'node:util';
import { transform } from 'esbuild';
import { SLOW } from '../slow.ts';
import type { Bug } from './bug.ts';
import { CLAIMS } from './bugs-claims.ts';
import { DELIVERIES } from './bugs-deliveries.ts';
import { FOREMOST } from './bugs-foremost.ts';
import { FURTHER } from './bugs-further.ts';
import { QUIET } from './bugs-quiet.ts';
import { RECORDS } from './bugs-records.ts';
import { REMOVALS } from './bugs-removals.ts';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../..');
const FOLDERS = ['shared', 'functions', 'test', 'infra', '.github', '.ci'];
const COPIED = [...FOLDERS, 'package.json', 'host.json', 'tsconfig.json', 'vitest.config.ts'];

/** All of them, those of the table of schedules in its order first. */
export const BUGS: readonly Bug[] = [
  ...REMOVALS,
  ...DELIVERIES,
  ...RECORDS,
  ...FOREMOST,
  ...FURTHER,
  ...QUIET,
  ...CLAIMS,
].toSorted((left, right) => (left.row ?? 99) - (right.row ?? 99));

/** Programs until a bug must have shown. */
const PROGRAMS = 1000;

/** A copy of the sources, of which the libraries are those of the original. */
export async function copyOfSources(): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'vaultcast-bugs-'));
  for (const name of COPIED) await cp(join(root, name), join(copy, name), { recursive: true });
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

/** What the one who must notice the bug says, or undefined when nobody does. The copy is as before afterwards. */
export async function caught(bug: Bug, copy: string): Promise<string | undefined> {
  const files = await planted(bug, copy);
  try {
    for (const [file, { after }] of files) await writeFile(join(copy, file), after);
    if (isOfBundles(bug)) await run(process.execPath, ['infra/build.ts'], { cwd: copy });
    return await complaintOf(bug, copy);
  } finally {
    for (const [file, { before }] of files) await writeFile(join(copy, file), before);
    await rm(join(copy, 'dist'), { recursive: true, force: true });
  }
}

/**
 * The files of a bug, without it and with it. Throws where the sources went on without it: a line that it replaces is gone, or
 * stands twice, or what comes out is no program any more (that every test fails then tells nothing).
 */
export async function planted(
  { edits }: Bug,
  sources = root,
): Promise<Map<string, { before: string; after: string }>> {
  const files = new Map<string, { before: string; after: string }>();
  for (const { file, find, put } of edits) {
    const before = files.get(file)?.before ?? (await readFile(join(sources, file), 'utf8'));
    const text = files.get(file)?.after ?? before;
    if (text.split(find).length !== 2) throw new Error(`${file} does not hold exactly once: ${find}`);
    files.set(file, { before, after: text.replace(find, () => put) });
  }
  for (const [file, { after }] of files) if (file.endsWith('.ts')) await transform(after, { loader: 'ts' });
  return files;
}

/** Whether the tests run what is built, and not the sources. */
const isOfBundles = ({ caughtBy: by }: Bug): boolean => /^test\/(?:stack|e2e)\//.test(by);

/** The test that must show it alone, where there is one, or else its whole file: some tests judge what others did before them. */
async function complaintOf(bug: Bug, copy: string): Promise<string | undefined> {
  const alone = bug.shows === undefined ? undefined : await complaintTo(argsOf(bug, bug.shows), bug, copy);
  return alone ?? complaintTo(argsOf(bug), bug, copy);
}

async function complaintTo(args: string[], bug: Bug, copy: string): Promise<string | undefined> {
  try {
    // What fails is to fail, at once.
    const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0', RETRIES: '0' };
    await run(process.execPath, args, { cwd: copy, maxBuffer: 64 * 1024 * 1024, env });
    return undefined;
  } catch (error) {
    return complaintIn(error, bug);
  }
}

function argsOf({ caughtBy: by, about, shows }: Bug, test?: string): string[] {
  if (by !== 'any' && by !== 'calm') {
    const only = test === undefined ? [] : ['-t', patternOf(test)];
    // The first test to fail is the one that must, or any will do.
    const bail = test !== undefined || shows === undefined ? ['--bail=1'] : [];
    return ['node_modules/vitest/vitest.mjs', 'run', ...suiteOf(by), by, ...bail, ...only];
  }
  const stories = about === undefined ? [] : ['--about', about];
  return ['test/deep/model-cli.ts', by, String(PROGRAMS), '--brief', ...stories];
}

/** Of a test's name, as the table of the threat model has it. */
const patternOf = (name: string): string =>
  name
    .split(/%[a-z]/)
    .map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`))
    .join('.*');

function suiteOf(file: string): string[] {
  if (file.startsWith('test/e2e/')) return ['--config', 'test/e2e/vitest.config.ts'];
  if (SLOW.some((glob) => matchesGlob(file, glob))) return ['--config', 'test/deep/vitest.config.ts'];
  if (file.startsWith('test/stack/')) return ['--project', 'stack'];
  return ['--project', 'parts', '--project', 'alone'];
}

/** Only a test that failed counts, not a program that could not even be read; of a claim, only the test beside it. */
function complaintIn(error: unknown, { shows = '' }: Bug): string | undefined {
  const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
  const lines = [...stdout.split('\n'), ...stderr.split('\n')];
  const failed = (line: string): boolean => /breaks a rule| FAIL .* > /.test(line);
  if (!lines.some(failed)) throw error;
  const named = (line: string): boolean => shows.split('%s').every((part) => line.includes(part));
  const at = lines.findIndex((line) => failed(line) && named(line));
  if (at < 0) return undefined;
  return lines
    .slice(at, at + 2)
    .map((line) => line.trim())
    .join(' ')
    .slice(0, 240);
}

export async function drop(copy: string): Promise<void> {
  await rm(copy, { recursive: true });
}
