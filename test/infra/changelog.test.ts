import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CODES, EARLIER_CODES } from '../../shared/errors.ts';
import { CODES_OF_EARLIER } from '../support/earlier/rows.ts';
import { declarationsIn } from './bicep/declarations.ts';
import { INFRA } from './bicep/file.ts';
import { appSettings, deployMain } from './deployed.ts';
import { headingsOf, localLinks } from './markdown.ts';

const ROOT = join(INFRA, '..');
const text = readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8');
const EARLIER = join(import.meta.dirname, 'bicep/a2ef93b');

const differences = (before: readonly string[], after: readonly string[]): string[] => [
  ...before.filter((name) => !after.includes(name)),
  ...after.filter((name) => !before.includes(name)),
];
const unnamed = (names: readonly string[]): string[] => names.filter((name) => !text.includes(`\`${name}\``));

/** Old -> new, from the table below `### Codes`; the old one is empty for codes that are new. */
const codes = [
  ...(/### Codes\n([^#]*)/.exec(text)?.[1] ?? '').matchAll(/^\| (?:`(\w+)`)? *\| (?:`(\w+)`)? *\|/gm),
].map(([, was = '', is = '']) => [was, is] as const);

it('the changelog has every code that came, went or is called otherwise', () => {
  const listed = codes.flat().filter((code) => code !== '');
  expect(listed.toSorted()).toEqual(differences(CODES_OF_EARLIER, Object.keys(CODES)).toSorted());
  const renamed = codes.filter(([was, is]) => was !== '' && is !== '');
  expect(Object.fromEntries(renamed)).toEqual(EARLIER_CODES);
});

it('the changelog names every parameter that came or went', () => {
  const parametersOf = (path: string): string[] => [...declarationsIn(path).params.keys()];
  const changed = differences(
    parametersOf(join(EARLIER, 'main.bicep')),
    parametersOf(join(INFRA, 'main.bicep')),
  );
  expect(changed.length).toBeGreaterThan(12);
  expect(unnamed(changed)).toEqual([]);
});

it('the changelog names every setting that came or went', () => {
  const { appSettings: before } = JSON.parse(
    readFileSync(join(EARLIER, 'evaluated/default.json'), 'utf8'),
  ) as { appSettings: Record<string, string> };
  const changed = differences(Object.keys(before), Object.keys(appSettings(deployMain())));
  expect(changed.length).toBeGreaterThan(3);
  expect(unnamed(changed)).toEqual([]);
});

it('the changelog is of the version that is built', () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  const [, newest] = headingsOf(text).filter(({ level }) => level < 3);
  expect(newest?.title).toContain(version);
});

it('the changelog links only to files and headings that exist', () => {
  const broken = localLinks(text).filter((link) => {
    const [path = '', anchor] = link.split('#');
    if (!existsSync(join(ROOT, path))) return true;
    const anchors = headingsOf(readFileSync(join(ROOT, path), 'utf8')).map((heading) => heading.anchor);
    return anchor !== undefined && !anchors.includes(anchor);
  });
  expect(broken).toEqual([]);
});
