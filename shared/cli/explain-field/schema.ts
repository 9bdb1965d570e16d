import { registryJsonSchema } from '../../registry/json-schema.ts';
import { allFields } from './fields.ts';
import type { Node } from './fields.ts';

/** The JSON Schema of registry documents, with what each field is for: editors show it beside what is being typed. */
export function explainedJsonSchema(): object {
  const schema = registryJsonSchema() as Node;
  const texts = new Map<Node, object>();
  for (const { nodes, text, example } of allFields(schema))
    for (const node of nodes) texts.set(node, { description: text, examples: [example] });
  return explained(schema, texts);
}

function explained(node: Node, texts: ReadonlyMap<Node, object>): object {
  const inside = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(inside);
    if (typeof value !== 'object' || value === null) return value;
    return explained(value, texts);
  };
  const parts = Object.entries(node).map(([key, value]): [string, unknown] => [key, inside(value)]);
  return { ...texts.get(node), ...Object.fromEntries(parts) };
}
