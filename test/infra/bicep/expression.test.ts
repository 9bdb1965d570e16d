import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { plain } from './deferred.ts';
import { deploy } from './deployment.ts';

const folder = mkdtempSync(join(tmpdir(), 'vaultcast-bicep-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;

/** Outputs of a template made of these lines. */
function outputsOf(text: string, params: Record<string, unknown> = {}): Record<string, unknown> {
  count += 1;
  const path = join(folder, `${count}.bicep`);
  writeFileSync(path, `targetScope = 'subscription'\n${text}`);
  return plain(deploy(path, params, { subscription: 's' }).outputs) as Record<string, unknown>;
}
const value = (expression: string): unknown => outputsOf(`output o object = ${expression}`)['o'];

describe('an expression', () => {
  it.each([
    ["true ? { id: 'a' }.id : { id: 'b' }.id", 'a'],
    ["false ? { id: 'a' }.id : { id: 'b' }.id", 'b'],
    ["map([{ id: 'a' }], v => v.id)", ['a']],
    ["filter(['a', ''], v => !empty(v))", ['a']],
    ['filter([{ n: { m: 1 } }], v => v.n.m == 1 && true)', [{ n: { m: 1 } }]],
    ["'x' == { id: 'x' }.id", true],
    ['1 + 2 * 3 - 4', 3],
    ["({ a: null }).a ?? 'b'", 'b'],
    ["({ a: 1 }).?b ?? 'none'", 'none'],
    ['[1, 2][?5] ?? 0', 0],
    ["toObject([{ k: 'a', v: 1 }], i => i.k, i => i.v)", { a: 1 }],
    ["union(['a'], ['a', 'b'])", ['a', 'b']],
    ["'it\\'s ${1} of ${'two'} {braces}'", "it's 1 of two {braces}"],
    ["' ${1} ${2} '", ' 1 2 '],
  ])('%s is what Bicep makes of it', (expression, expected) => {
    expect(value(expression)).toEqual(expected);
  });

  it('stays an expression where only a deployment knows, and says so when a condition needs it', () => {
    expect(value("'a-${environment().suffixes.storage}'")).toBe(
      "[format('a-{0}', environment().suffixes.storage)]",
    );
    expect(value('toLower(deployer().objectId)')).toBe('[toLower(deployer().objectId)]');
    expect(() => value("deployer().objectId == 'x' ? 1 : 2")).toThrow(/not known before the deployment/);
  });

  it.each([
    ["split('a', '/')[4]", /array index '4' is out of bounds/],
    ['({ a: 1 }).b', /no.* member b/],
    ["fail('no such thing')", /no such thing/],
    ['undeclared', /undeclared is not declared/],
    ["noSuchFunction('a')", /noSuchFunction/],
  ])('%s is refused', (expression, reason) => {
    expect(() => value(expression)).toThrow(reason);
  });
});

describe('a parameter', () => {
  const template = `
    @sealed()
    type vault = {
      alias: string
      topic: string?
    }
    @minLength(1)
    param vaults vault[]
    @maxValue(3)
    param count int = 2
    param size 'big' | 'small' = 'small'
    param mode int?
    output o object = { count: count, mode: mode, first: vaults[0].?topic ?? 'none' }`;

  it('takes its default, and null where it may be left out', () => {
    expect(outputsOf(template, { vaults: [{ alias: 'a' }] })['o']).toEqual({
      count: 2,
      mode: null,
      first: 'none',
    });
  });

  it.each([
    [{}, 'vaults: missing'],
    [{ vaults: [] }, 'vaults: minLength'],
    [{ vaults: [{ alias: 'a', topics: 'b' }] }, 'vaults[0].topics: unknown member'],
    [{ vaults: [{ topic: 'b' }] }, 'vaults[0].alias: missing'],
    [{ vaults: [{ alias: 1 }] }, 'vaults[0].alias: no string'],
    [{ vaults: [{ alias: 'a' }], count: 4 }, 'count: maxValue'],
    [{ vaults: [{ alias: 'a' }], size: 'tall' }, 'size: none of'],
    [{ vaults: [{ alias: 'a' }], mode: 'x' }, 'mode: no int'],
    [{ vaults: [{ alias: 'a' }], unheard: 1 }, 'unheard: unknown parameter'],
  ])('%j is refused: %s', (params, reason) => {
    expect(() => outputsOf(template, params)).toThrow(reason);
  });
});
