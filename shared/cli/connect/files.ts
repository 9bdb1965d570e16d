import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { problemText } from '../../registry/problem.ts';
import { CliError } from '../terminal/failure.ts';
import type { Io } from '../terminal/io.ts';
import { note } from '../terminal/io.ts';

const STDIN = '-';
const MAX_PROBLEMS = 50;

/** Everything that these paths hold: the documents that are valid, and all that is wrong with the others. */
export async function readAll(paths: readonly string[], io: Io) {
  // The parser and the template engine are loaded when there is something to read: completion need not wait for them.
  const { findDuplicates, readDocuments } = await import('../../registry/read.ts');
  const { templateFindings } = await import('../apply/templates.ts');
  const files = (await Promise.all(paths.map((path) => orSay(path, filesOf(path))))).flat();
  const contents = await Promise.all(onceEach(files).map((file) => contentOf(file, io)));
  for (const { name, strangers } of contents)
    if (strangers.length > 0) note(io, `${name}: passed over ${strangers.join(', ')}`);
  const results = contents.map(({ name, content }) => readDocuments(name, content, templateFindings));
  const documents = results.flatMap((result) => result.documents);
  const problems = [...results.flatMap((result) => result.problems), ...findDuplicates(documents)];
  if (documents.length === 0 && problems.length === 0)
    throw new CliError(`no document in ${paths.join(', ')}`, 'Files end in .yaml, .yml or .json.');
  return { documents, problems };
}

/**
 * Reads and checks all documents at these paths, and says everything that is wrong with them.
 * @throws CliError when anything is wrong, or when there is no document at all: an empty folder is a mistake
 */
export async function readFiles(paths: readonly string[], io: Io) {
  const { documents, problems } = await readAll(paths, io);
  for (const problem of problems.slice(0, MAX_PROBLEMS)) note(io, problemText(problem));
  if (problems.length > MAX_PROBLEMS) note(io, `… and ${problems.length - MAX_PROBLEMS} more`);
  if (problems.length > 0)
    throw new CliError(
      `${problems.length} problem(s) in the files`,
      'Nothing was changed. Correct them first.',
    );
  return documents;
}

/** A file that was named is meant, whatever it holds; a folder may hold other things, too. */
interface Found {
  path: string;
  named: boolean;
}

/** The texts of all YAML and JSON files at these paths. Throws CliError for a path that is not there, or no text. */
export async function readTexts(
  paths: readonly string[],
  io: Io,
): Promise<{ name: string; content: string }[]> {
  const files = (await Promise.all(paths.map((path) => orSay(path, filesOf(path))))).flat();
  return Promise.all(onceEach(files).map((file) => textOf(file, io)));
}

async function filesOf(path: string): Promise<Found[]> {
  if (path === STDIN || !(await stat(path)).isDirectory()) return [{ path, named: true }];
  const names = await readdir(path, { recursive: true });
  return names
    .filter((name) => /\.(?:ya?ml|json)$/i.test(name) && !isHidden(name))
    .toSorted()
    .map((name) => ({ path: join(path, name), named: false }));
}

function onceEach(files: readonly Found[]): Found[] {
  const byPath = new Map(files.map(({ path }) => [path, false]));
  for (const { path, named } of files) if (named) byPath.set(path, true);
  return [...byPath].map(([path, named]) => ({ path, named }));
}

/** `.git`, `node_modules` and the like hold nothing that is meant. */
function isHidden(path: string): boolean {
  const parts = path.split(/[\\/]/);
  return parts.some((part) => part === 'node_modules' || (part.startsWith('.') && part.length > 2));
}

async function contentOf({ path, named }: Found, io: Io) {
  const { name, content } = await textOf({ path }, io);
  if (named) return { name, content, strangers: [] };
  const { withoutStrangers } = await import('./strangers.ts');
  const { text, strangers } = withoutStrangers(path, content);
  return { name, content: text, strangers };
}

async function textOf({ path }: Pick<Found, 'path'>, io: Io): Promise<{ name: string; content: string }> {
  const bytes = path === STDIN ? await buffer(io.stdin) : await orSay(path, readFile(path));
  const name = path === STDIN ? 'stdin' : path;
  return { name, content: decoded(name, bytes) };
}

/** PowerShell's `>` writes UTF-16: better said than reported as a strange syntax error. */
function decoded(file: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new CliError(`${file} is not UTF-8`, 'Save it as UTF-8.');
  }
}

const REASONS: Record<string, string> = {
  ENOENT: 'does not exist',
  EACCES: 'cannot be read with your rights',
  EISDIR: 'is a folder',
};

async function orSay<T>(path: string, action: Promise<T>): Promise<T> {
  try {
    return await action;
  } catch (error) {
    if (error instanceof CliError) throw error;
    const { code = '' } = error as NodeJS.ErrnoException;
    throw new CliError(`${path} ${REASONS[code] ?? 'cannot be read'}`, 'Check the path given with -f.');
  }
}
