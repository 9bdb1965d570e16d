import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../shared/render/json.ts';
import { aRoute } from '../support/documents.ts';
import { reaching, SEED } from '../support/reach.ts';
import { detailOf, refusalOf, render, texts } from './builders.ts';

const SECRET = 'app-1--pg';
const TWICE = `the value of secret ${SECRET} has a property that stands twice in its object`;
const expanded = (text: string) => render(aRoute('app-1', { json: 'expand' }), { [SECRET]: text });

/** JSON as somebody wrote it, and whether an object in it has a name twice. */
interface Text {
  text: string;
  isRepeated: boolean;
}

const SPELLINGS = [
  '"a"',
  String.raw`"\u0061"`,
  '"b"',
  '"\\""',
  String.raw`"\\"`,
  '"{"',
  '"a:"',
  '"__proto__"',
  '""',
];
const LEAVES = ['1', 'null', '"a"', String.raw`"\"a\":"`, '"{\\"a\\":1,\\"a\\":2}"', '"}"', '[]', '{}'];
const colon = fc.constantFrom(':', ' : ', '\n\t:\r\n');

const { value } = fc.letrec<{ value: Text; object: Text; list: Text; leaf: Text }>((tie) => ({
  leaf: fc.constantFrom(...LEAVES).map((text) => ({ text, isRepeated: false })),
  list: fc.array(tie('value'), { maxLength: 3 }).map((items) => ({
    text: `[${items.map(({ text }) => text).join(' ,')}]`,
    isRepeated: items.some((one) => one.isRepeated),
  })),
  object: fc
    .array(fc.tuple(fc.constantFrom(...SPELLINGS), colon, tie('value')), { maxLength: 4 })
    .map((entries) => {
      const names = entries.map(([name]) => JSON.parse(name) as string);
      return {
        text: `{${entries.map(([name, sign, { text }]) => name + sign + text).join(',')}}`,
        isRepeated: new Set(names).size < names.length || entries.some(([, , one]) => one.isRepeated),
      };
    }),
  value: fc.oneof({ maxDepth: 4 }, tie('leaf'), tie('list'), tie('object'), tie('object')),
}));

const parse = (text: string): string => {
  try {
    parseJson(text, 'it');
    return 'taken';
  } catch (error) {
    return error instanceof Error ? error.message : 'thrown';
  }
};

describe('a JSON document', () => {
  it('is refused when an object in it has a name twice, and only then, however it is spelled', async ({
    task,
  }) => {
    const floors = {
      repeated: { least: 0.2, because: 'many documents are small' },
      'not repeated': 'often',
    } as const;
    await reaching(task, floors, async (saw) => {
      const property = fc.property(value, ({ text, isRepeated }) => {
        saw('repeated', isRepeated);
        saw('not repeated', !isRepeated);
        expect(parse(text)).toBe(isRepeated ? 'it has a property that stands twice in its object' : 'taken');
      });
      fc.assert(property, { seed: SEED, numRuns: 1000 });
    });
  });

  it('that has a name twice is refused without it: a line, for a person at a terminal', async () => {
    const text = '{"a":1,\n "b":{\n "hunter2":1,\n "hunter2":2}}';
    expect(await refusalOf(expanded(text))).toBe(TWICE);
    expect(await detailOf(expanded(text))).toBe(`${TWICE}: line 4`);
  });

  it('may have a name in each of its objects, and as a text', async () => {
    const text = '{"a":{"x":1},"b":{"x":1},"x":"\\"x\\":1","c":[{"x":1},{"x":2}]}';
    expect(Object.keys(texts(await expanded(text)))).toEqual(['a', 'b', 'c', 'x']);
  });
});
