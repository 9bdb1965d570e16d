import { readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../shared/cli/commands.ts';
import { readDocuments } from '../shared/registry/read.ts';
import { headingsOf, localLinks } from './infra/markdown.ts';

const root = join(import.meta.dirname, '..');
const textOf = (file: string): Promise<string> => readFile(join(root, file), 'utf8');
const documents = ['README.md', 'shared/README.md', 'test/README.md'];

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

describe('the README', () => {
  it('uses only commands of vaultcast that exist', async () => {
    const known = COMMANDS.map(({ name }) => name);
    const lines = blocks(await textOf('README.md'), 'sh').flatMap((block) => block.split('\n'));
    const used = lines.flatMap((line) => /^vaultcast (\w+)/.exec(line)?.[1] ?? []);

    expect(used.length).toBeGreaterThan(3);
    expect(used.filter((name) => !known.includes(name))).toEqual([]);
  });

  it('shows registry documents that apply takes', async () => {
    const [yaml = ''] = blocks(await textOf('README.md'), 'yaml');
    const { documents: read, problems } = readDocuments('README.md', yaml);

    expect(problems).toEqual([]);
    expect(read.map(({ document }) => document.kind)).toEqual(['Cluster', 'Route']);
  });
});
