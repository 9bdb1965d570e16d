import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CLAIMS } from '../deep/bugs-claims.ts';
import { INFRA } from './bicep/file.ts';
import { headingsOf, localLinks } from './markdown.ts';

const ROOT = join(INFRA, '..');
const text = readFileSync(join(INFRA, 'security.md'), 'utf8');

/** Rows of the threat model: who, and the tests that the last column names. */
const rows = (text.split('## Threat model')[1]?.split('\n## ')[0] ?? '')
  .split('\n')
  .filter((line) => line.startsWith('| **'))
  .map((line) => {
    const cells = line.split(' | ');
    const tests = [...(cells.at(-1) ?? '').matchAll(/`(test\/[\w./-]+\.test\.ts)`: "([^"]+)"/g)];
    const [who = ''] = cells;
    return {
      who: who.replaceAll(/[|*]/g, '').trim(),
      columns: cells.length,
      tests: tests.map(([, file = '', name = '']) => ({ file, name })),
    };
  });

describe('the threat model', () => {
  it('has a row for everybody who may hold something', () => {
    const needed = ['compromised cluster', 'stolen identity', 'AKS without Entra', 'writer of the registry'];
    const further = ['editor of a namespace', 'writer of a vault', 'forged queue', 'reader of logs', 'build'];
    const all = rows.map(({ who }) => who).join('\n');
    for (const who of [...needed, ...further]) expect(all).toContain(who);
    expect(rows.map(({ columns }) => columns)).toEqual(rows.map(() => 5));
  });

  it.each(rows)('names for $who tests that exist', ({ tests }) => {
    expect(tests.length).toBeGreaterThan(0);
    const missing = tests.filter(({ file, name }) => {
      const path = join(ROOT, file);
      return !existsSync(path) || !readFileSync(path, 'utf8').replaceAll('\\', '').includes(name);
    });
    expect(missing).toEqual([]);
  });
});

describe('a guard that is taken away', () => {
  it('is noticed by the test that the threat model names, and each of these has its guard taken away', () => {
    const named = rows.flatMap(({ tests }) => tests.map(({ file, name }) => `${file}: ${name}`));
    const planted = CLAIMS.map(({ caughtBy, shows }) => `${caughtBy}: ${shows}`);
    expect(named.length).toBeGreaterThan(40);
    expect(planted.filter((one) => !named.includes(one))).toEqual([]);
    expect(named.filter((one) => !planted.includes(one))).toEqual([]);
  });
});

it('SECURITY.md links only to files and headings that exist', () => {
  const broken = localLinks(readFileSync(join(ROOT, 'SECURITY.md'), 'utf8')).filter((link) => {
    const [path = '', anchor] = link.split('#');
    if (!existsSync(join(ROOT, path))) return true;
    const anchors = headingsOf(readFileSync(join(ROOT, path), 'utf8')).map((heading) => heading.anchor);
    return anchor !== undefined && !anchors.includes(anchor);
  });
  expect(broken).toEqual([]);
});
