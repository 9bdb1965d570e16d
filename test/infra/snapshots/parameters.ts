import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { evaluate } from '../bicep/expression.ts';
import { syntaxOf } from '../bicep/syntax.ts';
import { bicepParser } from '../bicep/tree.ts';

const FOLDER = import.meta.dirname;
const parse = await bicepParser();

const nothing = {
  value: (name: string) => {
    throw new Error(`${name}: a file of parameters refers to nothing`);
  },
  call: () => undefined,
};

/** Sets of parameters that Azure's own evaluator is given in CI: `param NAME = VALUE`. */
export const PARAMETER_SETS = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.bicepparam'))
  .map((file) => {
    const text = readFileSync(join(FOLDER, file), 'utf8');
    // The grammar knows `var` with a value, and `param` with a type only.
    const root = syntaxOf(parse(text.replace(/^using .*$/m, '').replaceAll(/^param /gm, 'var ')));
    const given = root.children.flatMap((node) => {
      const [name, value] = node.children;
      return name && value ? [[name.text, evaluate(value, nothing)] as const] : [];
    });
    return {
      name: file.replace('.bicepparam', ''),
      parameters: Object.fromEntries(given) as Record<string, unknown>,
    };
  });
