import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { type Syntax, syntaxOf } from './syntax.ts';
import { bicepParser, syntaxErrors } from './tree.ts';

const parse = await bicepParser();

export interface Declaration {
  node: Syntax;
  /** Decorator -> its arguments: `minValue`, `sealed`. */
  decorators: Map<string, Syntax[]>;
}

/** One Bicep file, its declarations by name. */
export interface Declarations {
  path: string;
  folder: string;
  targetScope: string;
  params: Map<string, Declaration>;
  variables: Map<string, Declaration>;
  outputs: Map<string, Declaration>;
  types: Map<string, Declaration>;
  functions: Map<string, Declaration>;
  resources: Map<string, Declaration>;
  modules: Map<string, Declaration>;
  /** Name -> the file that exports it. */
  imports: Map<string, Declarations>;
}

const KINDS: Record<
  string,
  'params' | 'variables' | 'outputs' | 'types' | 'functions' | 'resources' | 'modules'
> = {
  parameter_declaration: 'params',
  variable_declaration: 'variables',
  output_declaration: 'outputs',
  type_declaration: 'types',
  user_defined_function: 'functions',
  resource_declaration: 'resources',
  module_declaration: 'modules',
};

function decoratorsOf(nodes: readonly Syntax[]): Map<string, Syntax[]> {
  const calls = nodes.flatMap(({ children }) => children).flatMap(({ children }) => children);
  return new Map(
    calls.map((call) => [
      call.fields.get('function')?.text ?? '',
      (call.fields.get('arguments') ?? call).children,
    ]),
  );
}

export const nameOf = (node: Syntax): string =>
  node.children.find(({ type }) => type === 'identifier')?.text ?? '';

const known = new Map<string, Declarations>();

/** Reads a file once; what it imports, too. Throws where the grammar cannot follow. */
export function declarationsIn(path: string): Declarations {
  const before = known.get(path);
  if (before !== undefined) return before;
  if (!existsSync(path)) throw new Error(`${path} does not exist`);
  const root = parse(readFileSync(path, 'utf8'));
  const errors = syntaxErrors(root);
  if (errors.length > 0) throw new Error(`${path}: ${errors.join('; ')}`);
  const file = declared(path, syntaxOf(root));
  known.set(path, file);
  return file;
}

function declared(path: string, root: Syntax): Declarations {
  const file: Declarations = {
    path,
    folder: dirname(path),
    targetScope: 'resourceGroup',
    params: new Map(),
    variables: new Map(),
    outputs: new Map(),
    types: new Map(),
    functions: new Map(),
    resources: new Map(),
    modules: new Map(),
    imports: new Map(),
  };
  let decorators: Syntax[] = [];
  for (const node of root.children) {
    if (node.type === 'decorators') {
      decorators.push(node);
      continue;
    }
    add(file, node, decoratorsOf(decorators));
    decorators = [];
  }
  return file;
}

function add(file: Declarations, node: Syntax, decorators: Map<string, Syntax[]>): void {
  const kind = KINDS[node.type];
  if (kind !== undefined) file[kind].set(nameOf(node), { node, decorators });
  else if (node.type === 'target_scope_assignment') file.targetScope = node.text.replace(/^.*'(.*)'$/, '$1');
  else if (node.type === 'import_functionality') {
    const from = node.children.at(-1)?.text.replaceAll("'", '') ?? '';
    const exporter = declarationsIn(join(file.folder, from));
    const names = node.children.filter(({ type }) => type === 'identifier');
    for (const { text } of names) file.imports.set(text, exporter);
  } else throw new Error(`${file.path}: ${node.type} is not known here`);
}
