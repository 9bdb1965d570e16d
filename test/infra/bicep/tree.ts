import { createRequire } from 'node:module';
import { Language, type Node, Parser } from 'web-tree-sitter';

export type { Node } from 'web-tree-sitter';

const require = createRequire(import.meta.url);

/** A parser with the real Bicep grammar, compiled to WebAssembly: nothing native, nothing downloaded. */
export async function bicepParser(): Promise<(text: string) => Node> {
  await Parser.init();
  const parser = new Parser();
  parser.setLanguage(await Language.load(require.resolve('tree-sitter-bicep/tree-sitter-bicep.wasm')));
  return (text) => {
    const tree = parser.parse(text);
    if (tree === null) throw new Error('the parser gave no tree');
    return tree.rootNode;
  };
}

/** The node and everything below it. */
function everyNode(node: Node): Node[] {
  return [node, ...node.namedChildren.flatMap((child) => (child === null ? [] : everyNode(child)))];
}

export function nodesOf(root: Node, type: string): Node[] {
  return everyNode(root).filter((node) => node.type === type);
}

/** Where the grammar could not follow, as `line: text`. */
export function syntaxErrors(root: Node): string[] {
  if (!root.hasError) return [];
  const broken = (node: Node): Node[] => [
    ...(node.isError || node.isMissing ? [node] : []),
    ...node.children.flatMap((child) => (child === null ? [] : broken(child))),
  ];
  return broken(root).map((node) => `${node.startPosition.row + 1}: ${node.text.slice(0, 60)}`);
}

/** Text of a string literal without its quotes. */
export function unquoted(node: Node): string {
  return node.text.replace(/^'|'$/g, '');
}

/** Properties of an object literal: name -> value; a quoted name counts like a bare one. */
export function propertiesOf(object: Node): Map<string, Node> {
  const entries = object.namedChildren.flatMap((property): [string, Node][] => {
    const [key, value] = property?.type === 'object_property' ? property.namedChildren : [];
    return key && value ? [[unquoted(key), value]] : [];
  });
  return new Map(entries);
}

/** The first object literal of a declaration, through conditions and loops. */
export function bodyOf(declaration: Node): Node | undefined {
  return nodesOf(declaration, 'object')[0];
}
