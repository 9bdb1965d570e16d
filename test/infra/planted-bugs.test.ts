import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { BUGS, planted } from '../deep/plant.ts';
import { INFRA } from './bicep/file.ts';

const ROOT = join(INFRA, '..');

/** `npm run test:bugs` plants them, for minutes; that they still fit the sources is seen at once. */
it.each(BUGS.map((bug) => [bug.name, bug] as const))(
  'a bug can be planted, and its test exists: %s',
  async (_, bug) => {
    expect((await planted(bug)).size).toBeGreaterThan(0);
    const { caughtBy, shows = '' } = bug;
    if (caughtBy === 'any' || caughtBy === 'calm') return;
    expect(readFileSync(join(ROOT, caughtBy), 'utf8').replaceAll('\\', '')).toContain(shows);
  },
);

const TSC = join(ROOT, 'node_modules/.bin/tsc');
const TYPES = ['--types', 'node', '--typeRoots', join(ROOT, 'node_modules/@types')];
/** Each file by itself: what it imports may be anything. */
const ALONE = [
  '--ignoreConfig',
  '--noEmit',
  '--noResolve',
  '--module',
  'nodenext',
  '--lib',
  'esnext,dom',
  ...TYPES,
];
const UNKNOWN = /^(?<file>[\w.-]+)\(.*error TS(?:2304|2552|18004): (?<what>.*)/;

/** The names in files that nobody declares there, with the file. */
async function unknownNames(texts: ReadonlyMap<string, string>): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'vaultcast-names-'));
  try {
    for (const [file, text] of texts) await writeFile(join(folder, file), text);
    await promisify(execFile)(TSC, [...ALONE, ...texts.keys()], { cwd: folder, maxBuffer: 64 * 1024 * 1024 });
    return [];
  } catch (error) {
    const { stdout } = error as { stdout: string };
    return stdout.split('\n').flatMap((line) => {
      const { file = '', what } = UNKNOWN.exec(line)?.groups ?? {};
      return what === undefined ? [] : [`${file}: ${what}`];
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

it('a planted bug asks for no name that its file does not know: that alone would fail every test', async () => {
  const [before, after] = [new Map<string, string>(), new Map<string, string>()];
  for (const [at, bug] of BUGS.entries())
    for (const [file, one] of await planted(bug)) {
      if (!file.endsWith('.ts')) continue;
      before.set(file.replaceAll('/', '-'), one.before);
      after.set(`${at}-${file.replaceAll('/', '-')}`, one.after);
    }
  expect(after.size).toBeGreaterThan(50);
  expect(await unknownNames(before)).toEqual([]);
  expect(await unknownNames(after)).toEqual([]);
  expect(await unknownNames(new Map([['a.ts', 'export const a = b;']]))).toHaveLength(1);
});
