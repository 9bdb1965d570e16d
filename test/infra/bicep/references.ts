import type { BicepFile } from './file.ts';
import { type Node, nodesOf, unquoted } from './tree.ts';

/** Bicep functions these templates use: a name that is not here is a typing error, or a function to look up first. */
const FUNCTIONS = new Set(
  'description allowed export minValue maxValue minLength maxLength sealed'
    .concat(' concat contains deployer empty endsWith environment fail filter guid join json last length')
    .concat(' loadJsonContent loadTextContent map replace resourceGroup split startsWith string subscription')
    .concat(' subscriptionResourceId take trim toLower toObject union uniqueString uriComponent')
    .split(' '),
);

/** Names that stand for nothing declared in the file. */
export function unresolvedNames(file: BicepFile): string[] {
  const known = new Set([...file.params.keys(), ...file.variables, ...symbolsOf(file), ...file.imports]);
  const names = nodesOf(file.root, 'identifier').filter((node) => isReference(node));
  return names
    .filter((node) => !known.has(node.text) && !isLocalName(node))
    .map((node) => `${line(node)}: ${node.text}`);
}

export function unknownFunctions(file: BicepFile): string[] {
  const called = nodesOf(file.root, 'call_expression').flatMap(
    (call) => call.childForFieldName('function') ?? [],
  );
  const known = new Set([...FUNCTIONS, ...file.functions, ...file.imports]);
  return called
    .filter((node) => node.type === 'identifier' && !known.has(node.text))
    .map((node) => `${line(node)}: ${node.text}`);
}

/** Declared and never used: `existing` resources count, outputs do not. */
export function unusedNames(file: BicepFile): string[] {
  const references = nodesOf(file.root, 'identifier').filter((node) => isReference(node));
  const used = new Set(references.map((node) => node.text));
  const existing = file.resources.filter((resource) => resource.existing).map(({ symbol }) => symbol);
  return [...file.params.keys(), ...file.variables, ...existing].filter((name) => !used.has(name));
}

/** `module.outputs.name`, `module!.outputs.name` and `modules[i].outputs.name` as written. */
export function outputReads(file: BicepFile): { symbol: string; output: string }[] {
  const modules = new Set(file.modules.map(({ symbol }) => symbol));
  return [...file.text.matchAll(/\b(\w+)(?:\[\w+\])?!?\.outputs\.(\w+)/g)].flatMap(([, symbol, output]) =>
    symbol !== undefined && output !== undefined && modules.has(symbol) ? [{ symbol, output }] : [],
  );
}

/** Files read at compile time, as written. */
export function loadedFiles(file: BicepFile): string[] {
  const loads = nodesOf(file.root, 'call_expression').filter((call) => /^load\w+\(/.test(call.text));
  return loads.flatMap((call) => nodesOf(call, 'string').map(unquoted));
}

/** Names of roles read from the table of roles. */
export function rolesUsed(file: BicepFile): string[] {
  return [...file.text.matchAll(/\broles\.(\w+)\.id\b/g)].flatMap(([, name]) => name ?? []);
}

function symbolsOf(file: BicepFile): string[] {
  return [...file.resources, ...file.modules].map(({ symbol }) => symbol);
}

/** Whether something around the node declares its name: a loop, a function, or a lambda of the same declaration. */
function isLocalName(node: Node): boolean {
  for (let outer = node.parent; outer !== null; outer = outer.parent)
    if (namesOf(outer).includes(node.text)) return true;
  return false;
}

function namesOf(outer: Node): string[] {
  const [head] = outer.namedChildren;
  if (outer.type === 'for_statement')
    return (head?.type === 'for_loop_parameters' ? head.namedChildren : [head]).map(
      (name) => name?.text ?? '',
    );
  if (outer.type === 'user_defined_function')
    return nodesOf(outer, 'parameter').map((parameter) => parameter.namedChildren[0]?.text ?? '');
  // The grammar leaves parts of a lambda's body outside of it, so all of its declaration is looked at.
  if (outer.type === 'variable_declaration' || outer.type === 'object_property')
    return nodesOf(outer, 'lambda_expression').map((lambda) => lambda.namedChildren[0]?.text ?? '');
  return [];
}

const IN_TYPES = /^(?:type|type_declaration|import_functionality|parameter|\w+_type)$/;

function isReference(node: Node): boolean {
  const parent = node.parent;
  if (parent === null || IN_TYPES.test(parent.type) || isTypeMember(node)) return false;
  const first = parent.namedChildren[0]?.equals(node) ?? false;
  const called = parent.childForFieldName('function')?.equals(node) ?? false;
  // The first name of a property is its key, of a declaration what it declares, of a loop its variable.
  const names =
    /^(?:object_property|for_statement|user_defined_function|lambda_expression|\w+_declaration)$/.test(
      parent.type,
    );
  return !called && !(names && first);
}

/** A member of an object type: names and types, nothing that is evaluated. */
function isTypeMember(node: Node): boolean {
  for (let outer = node.parent; outer !== null; outer = outer.parent)
    if (outer.type === 'type_declaration') return true;
  return false;
}

function line(node: Node): number {
  return node.startPosition.row + 1;
}
