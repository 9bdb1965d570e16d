import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { bicepParser, bodyOf, type Node, nodesOf, propertiesOf, unquoted } from './tree.ts';

export const INFRA = join(import.meta.dirname, '../../../infra');

interface Resource {
  symbol: string;
  /** `Microsoft.Web/sites`; the parent's type in front when it is nested. */
  type: string;
  version: string;
  existing: boolean;
  node: Node;
}

interface Module {
  symbol: string;
  /** Path of the module's file, relative to infra/. */
  path: string;
  params: string[];
}

export interface BicepFile {
  /** Relative to infra/. */
  path: string;
  text: string;
  root: Node;
  /** Parameter -> whether it must be given. */
  params: Map<string, { required: boolean }>;
  variables: string[];
  functions: string[];
  /** Names from other files. */
  imports: string[];
  outputs: string[];
  resources: Resource[];
  modules: Module[];
}

export async function bicepFiles(): Promise<BicepFile[]> {
  const parse = await bicepParser();
  const paths = readdirSync(INFRA, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.bicep'),
  );
  return paths.toSorted().map((path) => {
    const text = readFileSync(join(INFRA, path), 'utf8');
    return describe(path, text, parse(text));
  });
}

export function describe(path: string, text: string, root: Node): BicepFile {
  const params = nodesOf(root, 'parameter_declaration').map(
    (node) => [nameOf(node), { required: !/=|\?$/.test(node.text) }] as const,
  );
  return {
    path,
    text,
    root,
    params: new Map(params),
    variables: nodesOf(root, 'variable_declaration').map(nameOf),
    functions: nodesOf(root, 'user_defined_function').map(nameOf),
    imports: nodesOf(root, 'import_functionality').flatMap((node) =>
      node.namedChildren.flatMap((child) => (child?.type === 'identifier' ? child.text : [])),
    ),
    outputs: nodesOf(root, 'output_declaration').map(nameOf),
    resources: nodesOf(root, 'resource_declaration').map(resourceOf),
    modules: nodesOf(root, 'module_declaration').map((node) => moduleOf(path, node)),
  };
}

function nameOf(declaration: Node): string {
  return declaration.namedChildren.find((child) => child?.type === 'identifier')?.text ?? '';
}

function stringOf(declaration: Node): string {
  const literal = declaration.namedChildren.find((child) => child?.type === 'string');
  return literal ? unquoted(literal) : '';
}

function resourceOf(node: Node): Resource {
  const [type = '', version = ''] = stringOf(node).split('@');
  const existing = / existing = /.test(node.text.split('\n')[0] ?? '');
  return { symbol: nameOf(node), type, version, existing, node };
}

function moduleOf(path: string, node: Node): Module {
  const body = bodyOf(node);
  const params = body === undefined ? undefined : propertiesOf(body).get('params');
  return {
    symbol: nameOf(node),
    path: relative(INFRA, join(INFRA, dirname(path), stringOf(node))),
    params: params === undefined ? [] : [...propertiesOf(params).keys()],
  };
}
