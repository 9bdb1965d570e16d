import { call, holdsDeferred } from './deferred.ts';
import type { Syntax } from './syntax.ts';

const ESCAPES: Record<string, string> = { n: '\n', r: '\r', t: '\t' };
const unescaped = (text: string): string =>
  text.replaceAll(/\\(u\{([0-9a-fA-F]+)\}|.)/g, (_, short: string, code?: string) =>
    code === undefined ? (ESCAPES[short] ?? short) : String.fromCodePoint(Number.parseInt(code, 16)),
  );

interface Part {
  literal: string;
  /** The expression behind the literal; the last literal has none. */
  expression?: Syntax;
}

/** By position: the grammar counts blanks before `${` to the interpolation. */
function partsOf(node: Syntax): Part[] {
  const parts: Part[] = [];
  let from = node.startIndex + 1;
  const literal = (to: number): string =>
    unescaped(node.text.slice(from - node.startIndex, to - node.startIndex));
  for (const child of node.children) {
    const [expression] = child.type === 'interpolation' ? child.children : [];
    if (!expression) continue;
    parts.push({ literal: literal(child.startIndex + child.text.indexOf('${')), expression });
    from = child.endIndex;
  }
  return [...parts, { literal: literal(node.endIndex - 1) }];
}

/** A string; with an unknown part it is the `format` call that Bicep compiles an interpolation to. */
export function stringOf(node: Syntax, evaluate: (node: Syntax) => unknown): unknown {
  if (node.text.startsWith("'''")) return node.text.slice(3, -3).replace(/^\r?\n/, '');
  const parts = partsOf(node).map(({ literal, expression }) => ({
    literal,
    values: expression === undefined ? [] : [evaluate(expression)],
  }));
  const values = parts.flatMap((part) => part.values);
  if (!values.some(holdsDeferred))
    return parts.map(({ literal, values: [value] }) => literal + spelt(value)).join('');
  const pattern = parts.map(({ literal }, i) => literal + (i < values.length ? `{${i}}` : '')).join('');
  return call('format', [pattern, ...values]);
}

function spelt(value: unknown): string {
  if (value === undefined) return '';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
