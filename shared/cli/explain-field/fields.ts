import { registryJsonSchema } from '../../registry/json-schema.ts';
import { CLUSTER } from './texts/cluster.ts';
import { ROUTE } from './texts/route.ts';

type Scalar = string | number | boolean;

/** The part of a JSON Schema that says what a field may hold. */
interface Node {
  type?: string;
  const?: Scalar;
  enum?: readonly Scalar[];
  default?: Scalar;
  required?: readonly string[];
  properties?: Readonly<Record<string, Node>>;
  additionalProperties?: Node | boolean;
  items?: Node;
  anyOf?: readonly Node[];
  oneOf?: readonly Node[];
}

/** What a field is for, in sentences; and what somebody might write there. */
interface FieldText {
  text: string;
  example: unknown;
}

/** One field of a registry document, as its schema has it. */
export interface Field extends FieldText {
  kind: 'Cluster' | 'Route';
  /** `spec.clusters.names[]`; `*` is any key of a mapping. */
  path: string;
  /** `string`, `service | flat | explicit`, `list`, `mapping`; several where there is a choice. */
  type: string;
  required: boolean;
  /** What counts without the field; undefined: nothing. */
  default: Scalar | undefined;
  /** The schema, in each place where it says something of this field. */
  nodes: readonly Node[];
}

/**
 * By path: `spec.clusters.names`; `[]` is an entry of a list, `*` any key of a mapping. Types, choices and defaults are not said:
 * the schema knows them.
 */
const TEXTS: Readonly<Record<Field['kind'], Readonly<Record<string, FieldText>>>> = {
  Cluster: CLUSTER,
  Route: ROUTE,
};

/** Every field of both kinds, a field before what is in it. Throws TypeError for one without a text: a test sees to that. */
export function allFields({ oneOf = [] }: Node = registryJsonSchema() as Node): Field[] {
  return oneOf.flatMap((branch) => {
    const kind = branch.properties?.['kind']?.const as Field['kind'];
    const found = new Map<string, Found>();
    collect(branch, '', found);
    return [...found].map(([path, where]) => ({ ...fieldOf(where), ...textOf(kind, path), kind, path }));
  });
}

interface Found {
  nodes: Node[];
  required: boolean;
}

/** A field can stand in several branches of a choice: it is one field then, and needed only where all branches need it. */
function collect(node: Node, path: string, found: Map<string, Found>): void {
  const branches = branchesOf(node);
  const forms = branches.flatMap(({ properties, required = [] }) =>
    properties ? [{ properties, required }] : [],
  );
  for (const { properties } of forms)
    for (const [name, child] of Object.entries(properties)) {
      const required = forms.every((form) => form.required.includes(name));
      add(path === '' ? name : `${path}.${name}`, { nodes: [child], required }, found);
    }
  for (const { additionalProperties: any, items } of branches) {
    if (typeof any === 'object') add(`${path}.*`, { nodes: [any], required: false }, found);
    if (items !== undefined) add(`${path}[]`, { nodes: [items], required: false }, found);
  }
}

function add(path: string, { nodes, required }: Found, found: Map<string, Found>): void {
  found.set(path, { nodes: [...(found.get(path)?.nodes ?? []), ...nodes], required });
  for (const node of nodes) collect(node, path, found);
}

function branchesOf(node: Node): Node[] {
  return [node, ...[...(node.anyOf ?? []), ...(node.oneOf ?? [])].flatMap(branchesOf)];
}

function fieldOf({ nodes, required }: Found): Omit<Field, 'kind' | 'path' | 'text' | 'example'> {
  const types = nodes.flatMap(branchesOf).flatMap(typesOf);
  const standard = nodes.map((node) => node.default).find((value) => value !== undefined);
  return { nodes, required, type: [...new Set(types)].join(' | '), default: standard };
}

const NAMES: Readonly<Record<string, string>> = {
  array: 'list',
  object: 'mapping',
  integer: 'number',
  boolean: 'true | false',
};

function typesOf(node: Node): string[] {
  if (node.const !== undefined) return [String(node.const)];
  if (node.enum !== undefined) return node.enum.map(String);
  return node.type === undefined ? [] : [NAMES[node.type] ?? node.type];
}

function textOf(kind: Field['kind'], path: string): FieldText {
  const text = TEXTS[kind][path];
  if (text === undefined) throw new TypeError(`nothing explains ${kind} ${path}`);
  return text;
}

/** `kind path` of every text, for what no schema knows. */
export function explainedPaths(): string[] {
  return Object.entries(TEXTS).flatMap(([kind, texts]) =>
    Object.keys(texts).map((path) => `${kind} ${path}`),
  );
}

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
