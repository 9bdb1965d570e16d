import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { draw } from '../../infra/picture/draw.ts';
import { readParts } from '../../infra/picture/parts.ts';

const ROOT = join(import.meta.dirname, '../..');
const kept = readFileSync(join(ROOT, 'shared/architecture.svg'), 'utf8');

it('the picture of the architecture is what `npm run picture` draws of this tree', async () => {
  expect(kept).toBe(draw(await readParts()));
});

it('the picture shows every file of functions/, each once', () => {
  const files = readdirSync(join(ROOT, 'functions')).map((name) => name.replace(/\.ts$/, ''));
  expect(files.length).toBeGreaterThan(5);
  for (const name of files) expect(kept.split(`>${name}</text>`)).toHaveLength(2);
});

it('the picture shows every table and queue that the deployment makes', () => {
  const listed = (file: string, variable: string): string[] => {
    const bicep = readFileSync(join(ROOT, 'infra/modules', file), 'utf8');
    const [, list = ''] = new RegExp(`var ${variable} = \\[([^\\]]*)\\]`).exec(bicep) ?? [];
    return [...list.matchAll(/'([\w-]+)'/g)].map(([, one = '']) => one);
  };
  const tables = ['definedTables', 'foundTables'].map((name) => listed('registry-storage.bicep', name));
  const names = [...tables.flat(), ...listed('host-storage.bicep', 'queueNames')];
  expect(names.length).toBeGreaterThan(10);
  const shown = (name: string): boolean => kept.includes(`>${name.replace(/-poison$/, '')}</text>`);
  expect(names.filter((name) => !shown(name))).toEqual([]);
  expect(kept).toContain('a -poison of each');
});

it('a function that is new changes the picture, and one that needs another row makes room for it', async () => {
  const parts = await readParts();
  const more = { name: 'something-new', kind: 'timer' };
  const grown = draw({ ...parts, triggers: [...parts.triggers, more, { ...more, name: 'and-more' }] });

  expect(grown).toContain('>something-new</text>');
  expect(grown).toContain('woken by a timer');
  const heightOf = (svg: string): number => Number(/viewBox="0 0 \d+ (\d+)"/.exec(svg)?.[1]);
  expect(heightOf(grown)).toBeGreaterThan(heightOf(kept));
});

it('a name that would not fit into its box is refused, not drawn over its neighbour', async () => {
  const parts = await readParts();
  const long = { name: 'a-function-with-a-name-that-nobody-would-give-it', kind: 'timer' };
  expect(() => draw({ ...parts, triggers: [long] })).toThrow(/needs \d+ units/);
});

it('both documents that explain the architecture show the picture', () => {
  for (const [file, path] of [
    ['README.md', 'shared/architecture.svg'],
    ['shared/README.md', 'architecture.svg'],
  ] as const)
    expect(readFileSync(join(ROOT, file), 'utf8')).toMatch(new RegExp(`!\\[[^\\]]{20,}\\]\\(${path}\\)`));
});
