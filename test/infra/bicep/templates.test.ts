import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type BicepFile, bicepFiles, describe as describeFile, INFRA } from './file.ts';
import {
  loadedFiles,
  outputReads,
  rolesUsed,
  unknownFunctions,
  unresolvedNames,
  unusedNames,
} from './references.ts';
import { bicepParser, type Node, syntaxErrors } from './tree.ts';

let files: BicepFile[] = [];
let parse: (text: string) => Node;
const sample = (text: string): BicepFile => describeFile('sample.bicep', text, parse(text));
const each = <T>(check: (file: BicepFile) => T[]): Record<string, T[]> =>
  Object.fromEntries(files.map((file) => [file.path, check(file)]).filter(([, found]) => found?.length));

beforeAll(async () => {
  parse = await bicepParser();
  files = await bicepFiles();
});

describe('the templates', () => {
  it('are all seen', () => {
    expect(files.map(({ path }) => path)).toEqual(expect.arrayContaining(['main.bicep', 'events.bicep']));
    expect(files.length).toBeGreaterThan(12);
  });

  it('follow the grammar', () => {
    expect(each((file) => syntaxErrors(file.root))).toEqual({});
    expect(syntaxErrors(parse('param a string = \nvar b = {'))).not.toEqual([]);
  });

  it('name nothing that is not declared', () => {
    expect(each(unresolvedNames)).toEqual({});
    expect(unresolvedNames(sample("param a string\nvar b = '${a}${c}'"))).toEqual(['2: c']);
    expect(
      unresolvedNames(sample('var a = [for x in [1]: x]\nvar b = [for (y, i) in a: [y, i, x]]')),
    ).toEqual(['2: x']);
    expect(unresolvedNames(sample('var a = map([1], x => x.y == z)\nvar b = x'))).toEqual(['1: z', '2: x']);
  });

  it('call only functions Bicep has', () => {
    expect(each(unknownFunctions)).toEqual({});
    expect(unknownFunctions(sample("var b = uniqeString('a')"))).toEqual(['1: uniqeString']);
  });

  it('use what they declare', () => {
    expect(each(unusedNames)).toEqual({});
    expect(unusedNames(sample('param a string\nparam b string\noutput c string = a'))).toEqual(['b']);
  });

  it('load files that exist', () => {
    const missing = each((file) =>
      loadedFiles(file).filter((path) => !existsSync(join(INFRA, dirname(file.path), path))),
    );
    expect(missing).toEqual({});
    expect(files.flatMap(loadedFiles).length).toBeGreaterThan(8);
  });
});

describe('the modules', () => {
  const moduleFile = (path: string): BicepFile | undefined => files.find((file) => file.path === path);

  it('are all there, and all used', () => {
    const used = new Set(files.flatMap((file) => file.modules.map(({ path }) => path)));
    const present = files.map(({ path }) => path).filter((path) => path.startsWith('modules/'));
    expect([...used].toSorted()).toEqual(present.toSorted());
  });

  it('get every parameter they need and none they do not know', () => {
    const wrong = each((file) =>
      file.modules.flatMap(({ symbol, path, params }) => {
        const declared = moduleFile(path)?.params ?? new Map<string, { required: boolean }>();
        const missing = [...declared].filter(([name, { required }]) => required && !params.includes(name));
        const unknown = params.filter((name) => !declared.has(name));
        return [
          ...missing.map(([name]) => `${symbol} lacks ${name}`),
          ...unknown.map((n) => `${symbol}: ${n}?`),
        ];
      }),
    );
    expect(wrong).toEqual({});
  });

  it('have the outputs that are read from them', () => {
    const wrong = each((file) =>
      outputReads(file).filter(({ symbol, output }) => {
        const path = file.modules.find((module) => module.symbol === symbol)?.path ?? '';
        return !moduleFile(path)?.outputs.includes(output);
      }),
    );
    expect(wrong).toEqual({});
    expect(files.flatMap(outputReads).length).toBeGreaterThan(20);
  });

  it('leave the names of their deployments to the compiler, which keeps them apart and within 64 characters', () => {
    const named = each((file) => file.text.match(/(?<=\nmodule (\w+)[^\n]*\n) {2}name: /g) ?? []);
    expect(named).toEqual({});
  });
});

describe('role assignments', () => {
  const roles = JSON.parse(readFileSync(join(INFRA, 'roles.json'), 'utf8')) as Record<string, { id: string }>;

  it('name their roles, all from one table', () => {
    const used = new Set(files.flatMap(rolesUsed));
    expect([...used].toSorted()).toEqual(Object.keys(roles).toSorted());
  });

  it('contain no GUID of their own', () => {
    expect(
      each((file) => file.text.match(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi) ?? []),
    ).toEqual({});
  });

  it('always name a scope: only the look-up of clusters may cover a resource group or a subscription', () => {
    const assignments = files.flatMap((file) =>
      file.resources
        .filter(({ type }) => type === 'Microsoft.Authorization/roleAssignments')
        .map(({ node }) => ({ path: file.path, text: node.text })),
    );
    expect(assignments.length).toBeGreaterThan(10);
    const wide = assignments.filter(({ text }) => !/\n {2}scope: \w/.test(text));
    expect(wide.map(({ path }) => path)).toEqual([
      'modules/cluster-group-access.bicep',
      'modules/cluster-subscription-access.bicep',
    ]);
    expect(wide.every(({ text }) => text.includes('roles.aksClusterUser.id'))).toBe(true);
  });
});
