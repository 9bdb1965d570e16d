import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');

interface Manifest {
  dependencies?: Record<string, string>;
  devDependencies: Record<string, string>;
}

const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as Manifest;

const IMPORT = /(?:from |import\(\s*|^import )'((?:@[\w.-]+\/)?[\w.-]+)[^']*'/gm;

async function importedPackages(): Promise<string[]> {
  const folders = ['functions', 'shared'].map(async (folder) => {
    const files = await readdir(join(root, folder), { recursive: true });
    const sources = files.filter((file) => /\.tsx?$/.test(file)).map((file) => join(root, folder, file));
    return Promise.all(sources.map((source) => readFile(source, 'utf8')));
  });
  const names = (await Promise.all(folders))
    .flat()
    .flatMap((text) => [...text.matchAll(IMPORT)].map(([, name = '']) => name));
  return [...new Set(names.filter((name) => !name.startsWith('.') && name !== 'node'))].sort();
}

describe('runtime dependencies', () => {
  it('are each defended in shared/README.md, and no other is', async () => {
    const readme = await readFile(join(root, 'shared/README.md'), 'utf8');
    const rows = readme.slice(readme.indexOf('## Dependencies')).matchAll(/^\| ([^|]+) \|/gm);
    const listed = [...rows].flatMap(([, cell = '']) => cell.split(',').map((name) => name.trim()));
    const packages = listed.filter((name) => name !== 'package' && !name.startsWith('---')).sort();
    expect(packages).toEqual(await importedPackages());
  });

  it('have exact versions, as all tools have', () => {
    const versions = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(versions.length).toBeGreaterThan(20);
    expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });
});
