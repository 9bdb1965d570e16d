import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');

interface Manifest {
  dependencies?: Record<string, string>;
  devDependencies: Record<string, string>;
}

const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as Manifest;

async function importedPackages(): Promise<string[]> {
  const found = new Set<string>();
  for (const folder of ['functions', 'shared']) {
    for (const file of await readdir(join(root, folder), { recursive: true })) {
      if (!file.endsWith('.ts')) continue;
      const text = await readFile(join(root, folder, file), 'utf8');
      for (const [, name = ''] of text.matchAll(
        /(?:from |import\(\s*|^import )'((?:@[\w.-]+\/)?[\w.-]+)[^']*'/gm,
      ))
        if (!name.startsWith('.') && !name.startsWith('node:') && name !== 'node') found.add(name);
    }
  }
  return [...found].sort();
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
