import { isMap, isPair, isScalar, isSeq } from 'yaml';
import type { LineCounter, Node, Pair } from 'yaml';

type Part = Node | Pair | null | undefined;

const isKey = (pair: unknown, key: PropertyKey): pair is Pair =>
  isPair(pair) && isScalar(pair.key) && String(pair.key.value) === String(key);

function child(part: Part, key: PropertyKey): Part {
  const node = isPair(part) ? (part.value as Node | null) : part;
  if (isMap(node)) return node.items.find((pair) => isKey(pair, key));
  return isSeq(node) && typeof key === 'number' ? (node.items[key] as Node | undefined) : undefined;
}

const offsetOf = (part: Part): number | undefined => {
  const node = isPair(part) ? (part.key as Node) : part;
  return node?.range?.[0];
};

/** The line (from 1) of a field, or of the innermost field around it that was written. */
export function lineOf(root: Node, path: readonly PropertyKey[], lines: LineCounter): number {
  let here: Part = root;
  let offset = offsetOf(root) ?? 0;
  for (const key of path) {
    here = child(here, key);
    if (here === undefined) break;
    offset = offsetOf(here) ?? offset;
  }
  return lines.linePos(offset).line;
}
