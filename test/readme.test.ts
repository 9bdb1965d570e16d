import { glob, readdir, readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../shared/cli/commands.ts';
import { EXIT_MEANINGS } from '../shared/cli/terminal/io.ts';
import { readDocuments } from '../shared/registry/read.ts';
import { run } from './cli/run.ts';
import { headingsOf, localLinks } from './infra/markdown.ts';

const root = join(import.meta.dirname, '..');
const textOf = (file: string): Promise<string> => readFile(join(root, file), 'utf8');
const documents = ['README.md', 'shared/README.md', 'test/README.md', 'test/local/README.md'];

/** What stands in code fences of one language. */
const blocks = (text: string, language: string): string[] =>
  [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)].flatMap(([, found, body = '']) =>
    found === language ? [body] : [],
  );

describe.each(documents)('%s', (file) => {
  it('links only to files and headings that exist', async () => {
    const text = await textOf(file);
    const references = [...text.matchAll(/^\[[^\]]+\]: (\S+)$/gm)].flatMap(([, target = '']) => target);
    const links = [...localLinks(text), ...references];
    const broken = links.filter((link) => {
      const [path = '', anchor] = link.split('#');
      return !existsSync(join(root, dirname(file), path)) && anchor === undefined;
    });
    const anchors = links.filter((link) => link.includes('#'));

    expect(links.length).toBeGreaterThan(0);
    expect(broken).toEqual([]);
    for (const link of anchors) {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? file : join(dirname(file), path);
      expect(headingsOf(await textOf(target)).map((heading) => heading.anchor)).toContain(anchor);
    }
  });

  it('names only npm scripts that exist', async () => {
    const { scripts } = JSON.parse(await textOf('package.json')) as { scripts: Record<string, string> };
    const named = [...(await textOf(file)).matchAll(/npm run ([\w:]+)/g)].map(([, script]) => script);

    expect(named.filter((script) => scripts[script ?? ''] === undefined)).toEqual([]);
  });
});

const foldersOf = async (folder: string): Promise<string[]> => {
  const entries = await readdir(join(root, folder), { withFileTypes: true });
  return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
};

/** What is in backticks and looks like a path, without what a build makes. */
const pathsIn = (text: string): string[] =>
  [...text.matchAll(/`([\w./-]+)`/g)].flatMap(([, path = '']) =>
    (path.includes('/') || path.endsWith('.ts')) && !path.startsWith('dist/') ? [path] : [],
  );

describe.each(['test/README.md', 'test/local/README.md'])('%s', (file) => {
  it('names only paths that exist, from its own folder or from the root', async () => {
    const paths = pathsIn(await textOf(file));
    const missing = paths.filter(
      (path) => ![join(root, dirname(file), path), join(root, path)].some((place) => existsSync(place)),
    );
    expect(paths.length).toBeGreaterThan(0);
    expect(missing).toEqual([]);
  });
});

describe('test/README.md', () => {
  it('says of every folder of tests what is in it, unless shared/ has one of that name', async () => {
    const text = await textOf('test/README.md');
    const mirrored = await foldersOf('shared');
    const untold = (await foldersOf('test')).filter(
      (folder) => !mirrored.includes(folder) && !text.includes(`| \`${folder}/\``),
    );
    expect(untold).toEqual([]);
  });

  it('says of every folder of stand-ins what it stands in for', async () => {
    const text = await textOf('test/README.md');
    const untold = (await foldersOf('test/local')).filter((folder) => !text.includes(`[local/${folder}](`));
    expect(untold).toEqual([]);
  });
});

describe('test/local/README.md', () => {
  it('says of every test of the Functions host which facts it asserts', async () => {
    const text = await textOf('test/local/README.md');
    const room = 'test/local/functions-host';
    const files: string[] = [];
    for await (const name of glob('**/*.test.ts', { cwd: join(root, room) })) files.push(name);
    expect(files.length).toBeGreaterThan(10);
    expect(files.filter((name) => !text.includes(`](functions-host/${name})`))).toEqual([]);
  });
});

describe('the README', () => {
  it('fits three screens', async () => {
    expect((await textOf('README.md')).split('\n').length).toBeLessThanOrEqual(150);
  });

  it('says what an hour of trying would show too late', async () => {
    const limits = /\n## Limits\n(.*?)\n## /s.exec(await textOf('README.md'))?.[1] ?? '';
    for (const word of [
      'One identity',
      'staged roll-out',
      'maintenance window',
      'operator is the better choice',
    ])
      expect(limits).toContain(word);
  });

  it('uses only commands of vaultcast that exist', async () => {
    const known = COMMANDS.map(({ name }) => name);
    const lines = blocks(await textOf('README.md'), 'sh').flatMap((block) => block.split('\n'));
    const used = lines.flatMap((line) => /^vaultcast (\w+)/.exec(line)?.[1] ?? []);

    expect(used.length).toBeGreaterThan(3);
    expect(used.filter((name) => !known.includes(name))).toEqual([]);
  });

  it('has the exit codes as the help has them', async () => {
    const rows = [...(await textOf('README.md')).matchAll(/^\| (\d+) +\| (.*?) +\|$/gm)];
    const help = await run(['--help']);

    expect(rows.map(([, code, meaning]) => [Number(code), meaning])).toEqual(EXIT_MEANINGS);
    for (const [code, meaning] of EXIT_MEANINGS)
      expect(help.out).toContain(`  ${String(code).padEnd(4)} ${meaning}`);
  });

  it('shows registry documents that apply takes', async () => {
    const [yaml = ''] = blocks(await textOf('README.md'), 'yaml');
    const { documents: read, problems } = readDocuments('README.md', yaml);

    expect(problems).toEqual([]);
    expect(read.map(({ document }) => document.kind)).toEqual(['Cluster', 'Route']);
  });
});
