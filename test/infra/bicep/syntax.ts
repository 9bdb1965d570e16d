import type { Node } from './tree.ts';

/** A node of the grammar as plain data: the parser's own nodes ask WebAssembly for everything, each time. */
export interface Syntax {
  type: string;
  text: string;
  startIndex: number;
  endIndex: number;
  /** Named ones, without comments. */
  children: Syntax[];
  fields: Map<string, Syntax>;
}

/** The node and everything below it, read once. */
export function syntaxOf(node: Node, source = node.text, offset = node.startIndex): Syntax {
  const { type, startIndex, endIndex } = node;
  const fields = new Map<string, Syntax>();
  const children: Syntax[] = [];
  for (let i = 0; i < node.childCount; i += 1) {
    const child = node.child(i);
    if (child === null || child.type.includes('comment')) continue;
    const read = syntaxOf(child, source, offset);
    if (child.isNamed) children.push(read);
    const name = node.fieldNameForChild(i);
    if (name !== null) fields.set(name, read);
  }
  return {
    type,
    startIndex,
    endIndex,
    text: source.slice(startIndex - offset, endIndex - offset),
    children,
    fields,
  };
}
