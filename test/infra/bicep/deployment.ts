import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Declaration, type Declarations, declarationsIn } from './declarations.ts';
import { call, deferred } from './deferred.ts';
import { eachOf, evaluate, type Scope, wanted } from './expression.ts';
import { idOfPlace, type Place, placeValue } from './place.ts';
import { type Deployed, resourceOf } from './resource.ts';
import { misfits } from './types.ts';
import type { Syntax } from './syntax.ts';

/** What a deployment would meet; what is left out stays an expression. */
export interface World {
  /** Of `environment()`. */
  environment?: object;
  /** Of `deployer()`. */
  deployer?: object;
  /** A resource as its provider answers, by id: the whole of it, `properties` included. */
  reference?: (id: string) => object | undefined;
}

export interface Deployment {
  resources: Deployed[];
  outputs: Record<string, unknown>;
}

interface Context {
  file: Declarations;
  place: Place;
  world: World;
  params: Record<string, unknown>;
  resources: Deployed[];
  scope: Scope;
}

/**
 * Everything that a template would make of these parameters, and its outputs. Throws what Resource Manager would refuse:
 * a parameter that is missing, unknown or does not fit, a `fail()`, an index out of bounds.
 */
export function deploy(
  path: string,
  given: Record<string, unknown>,
  place: Place,
  world: World = {},
): Deployment {
  const file = declarationsIn(path);
  const context: Context = { file, place, world, params: given, resources: [], scope: emptyScope };
  context.scope = scopeOf(context);
  const problems = parameterProblems(context);
  if (problems.length > 0) throw new Error(`${path}: ${problems.join(', ')}`);
  // Every symbol is looked at, used or not: what nobody reads is deployed all the same.
  for (const name of [...file.resources.keys(), ...file.modules.keys()]) context.scope.value(name);
  const outputs = [...file.outputs].map(([name, { node }]) => [name, evaluate(lastOf(node), context.scope)]);
  return { resources: context.resources, outputs: Object.fromEntries(outputs) as Record<string, unknown> };
}

const emptyScope: Scope = {
  value: (name) => {
    throw new Error(`${name} is not declared`);
  },
  call: () => undefined,
};

function lastOf(node: Syntax): Syntax {
  const last = node.children.at(-1);
  if (last === undefined) throw new Error(`nothing in ${node.text}`);
  return last;
}

/** What Resource Manager would say against the parameters, defaults included. */
function parameterProblems({ file, params, scope }: Context): string[] {
  const unknown = Object.keys(params).filter((name) => !file.params.has(name));
  const wrong = [...file.params].flatMap(([name, declaration]) => {
    const isMissing = params[name] === undefined && !/=|\?$/.test(declaration.node.text.trimEnd());
    return isMissing ? [`${name}: missing`] : misfits(file, name, declaration, scope.value(name));
  });
  return [...unknown.map((name) => `${name}: unknown parameter`), ...wrong];
}

const parameter = ({ params, scope }: Context, name: string, { node }: Declaration): unknown =>
  params[name] ?? (node.text.includes('=') ? evaluate(lastOf(node), scope) : null);

/** Names are evaluated when they are first asked for, so the order of declarations does not matter. */
function scopeOf(context: Context): Scope {
  const values = new Map<string, unknown>();
  const value = (name: string): unknown => {
    if (!values.has(name)) values.set(name, declaredValue(context, name));
    return values.get(name);
  };
  return { value, call: (name) => functionOf(context, name) };
}

function declaredValue(context: Context, name: string): unknown {
  const { file, scope } = context;
  const declared = file.params.get(name);
  if (declared !== undefined) return parameter(context, name, declared);
  const variable = file.variables.get(name);
  if (variable !== undefined) return evaluate(lastOf(variable.node), scope);
  const exporter = file.imports.get(name)?.variables.get(name);
  if (exporter !== undefined) return evaluate(lastOf(exporter.node), emptyScope);
  const resource = file.resources.get(name);
  if (resource !== undefined) return symbol(resource, scope, (...made) => resourceOf(context, ...made));
  const module = file.modules.get(name);
  if (module !== undefined) return symbol(module, scope, (...made) => moduleOf(context, ...made));
  throw new Error(`${file.path}: ${name} is not declared`);
}

type Make = (declaration: Declaration, body: Syntax, scope: Scope, isMade: boolean) => unknown;

/** One resource or module, or a list of them for a loop. */
function symbol(declaration: Declaration, scope: Scope, make: Make): unknown {
  const value = lastOf(declaration.node);
  const bodyOf = (node: Syntax): Syntax => (node.type === 'if_statement' ? lastOf(node) : node);
  if (value.type !== 'for_statement')
    return make(declaration, bodyOf(value), scope, wanted(value, scope) !== undefined);
  return eachOf(value, scope, (body, inner) =>
    make(declaration, bodyOf(body ?? lastOf(value)), inner, body !== undefined),
  );
}

function moduleOf(
  context: Context,
  { node }: Declaration,
  body: Syntax,
  scope: Scope,
  isMade: boolean,
): unknown {
  if (!isMade) return null;
  const path = node.children.find(({ type }) => type === 'string')?.text.replaceAll("'", '') ?? '';
  const { params, scope: target } = moduleSettings(body, scope);
  const place = (target as { place?: Place } | undefined)?.place ?? context.place;
  const { resources, outputs } = deploy(join(context.file.folder, path), params, place, context.world);
  context.resources.push(...resources);
  return { outputs };
}

function moduleSettings(body: Syntax, scope: Scope): { params: Record<string, unknown>; scope: unknown } {
  const { params, scope: target } = evaluate(body, scope) as Record<string, unknown>;
  return { params: (params ?? {}) as Record<string, unknown>, scope: target };
}

function functionOf(context: Context, name: string): ((...args: unknown[]) => unknown) | undefined {
  const home = context.file.imports.get(name) ?? context.file;
  const own = home.functions.get(name);
  if (own !== undefined) return (...args) => userFunction(home, own, args);
  return ofDeployment(context, name);
}

/** A function sees its parameters, and the functions and variables of its file; nothing else. */
function userFunction(file: Declarations, { node }: Declaration, args: readonly unknown[]): unknown {
  const parameters = node.children.find(({ type }) => type === 'parameters');
  const names = parameters === undefined ? [] : parameters.children.map((one) => one.children[0]?.text);
  const scope: Scope = {
    value: (name) => {
      if (names.includes(name)) return args[names.indexOf(name)];
      const variable = file.variables.get(name);
      return variable === undefined ? emptyScope.value(name) : evaluate(lastOf(variable.node), scope);
    },
    call: (name) => {
      const own = file.functions.get(name);
      if (own !== undefined) return (...inner) => userFunction(file, own, inner);
      return loading(file, name);
    },
  };
  return evaluate(lastOf(node), scope);
}

function loading({ folder }: Declarations, name: string): ((...args: unknown[]) => unknown) | undefined {
  const read = (path: unknown): string => readFileSync(join(folder, String(path)), 'utf8');
  if (name === 'loadTextContent') return read;
  return name === 'loadJsonContent' ? (path) => JSON.parse(read(path)) as unknown : undefined;
}

function ofDeployment(
  { file, place, world }: Context,
  name: string,
): ((...args: unknown[]) => unknown) | undefined {
  const functions: Record<string, (...args: unknown[]) => unknown> = {
    environment: () => world.environment ?? call('environment', []),
    deployer: () => world.deployer ?? deferred('deployer()'),
    subscription: (id = place.subscription) => placeValue({ subscription: String(id) }),
    resourceGroup: (...args) => {
      const [subscription, group] = (
        args.length > 1 ? args : [place.subscription, args[0] ?? place.group]
      ) as string[];
      return placeValue({ subscription: subscription ?? '', group: group ?? '' });
    },
    subscriptionResourceId: (type, id) =>
      `${idOfPlace({ subscription: place.subscription })}/providers/${String(type)}/${String(id)}`,
  };
  return functions[name] ?? loading(file, name);
}
