import { call, deferred, isDeferred, textOf } from './deferred.ts';
import { builtin } from './functions.ts';
import { stringOf } from './text.ts';
import type { Syntax } from './syntax.ts';

/** What names and calls stand for. */
export interface Scope {
  /** Throws when nothing has that name. */
  value(name: string): unknown;
  /** Functions of the file and of the deployment; undefined when it is none of these. */
  call(name: string): ((...args: unknown[]) => unknown) | undefined;
  /** The lambda whose parameters are bound: it stands for its body. */
  opened?: Syntax;
}

/** Something with members of its own, such as a resource: it says what each of them is. */
export const MEMBER = Symbol('member');
interface WithMembers {
  [MEMBER]: (name: string) => unknown;
}

type Lambda = (...args: unknown[]) => unknown;
const hasMembers = (value: unknown): value is WithMembers =>
  typeof value === 'object' && value !== null && MEMBER in value;

function field(node: Syntax, name: string): Syntax {
  const found = node.fields.get(name);
  if (found === undefined) throw new Error(`no ${name} in ${node.text}`);
  return found;
}

const within = (scope: Scope, names: readonly string[], values: readonly unknown[]): Scope => ({
  ...scope,
  value: (name) => (names.includes(name) ? values[names.indexOf(name)] : scope.value(name)),
});

/** A missing member is an error, as in Bicep, unless it is asked for with `.?`. */
function memberOf(value: unknown, name: string, optional: boolean): unknown {
  if (isDeferred(value)) return deferred(`${textOf(value)}.${name}`);
  if (hasMembers(value)) return value[MEMBER](name);
  if (typeof value === 'object' && value !== null && Object.hasOwn(value, name))
    return Reflect.get(value, name) as unknown;
  if (optional) return null;
  throw new Error(`nothing has a member ${name}: ${JSON.stringify(value)}`);
}

function indexOf(value: unknown, index: unknown, optional: boolean): unknown {
  if (isDeferred(value)) return deferred(`${textOf(value)}[${textOf(index)}]`);
  if (typeof index === 'string') return memberOf(value, index, optional);
  const items = value as unknown[];
  if (Number(index) in items) return items[Number(index)];
  if (optional) return null;
  throw new Error(`array index '${String(index)}' is out of bounds`);
}

const OPERATORS: Record<string, (left: unknown, right: () => unknown) => unknown> = {
  '&&': (left, right) => left === true && right() === true,
  '||': (left, right) => left === true || right() === true,
  '??': (left, right) => left ?? right(),
  '==': (left, right) => JSON.stringify(left) === JSON.stringify(right()),
  '!=': (left, right) => JSON.stringify(left) !== JSON.stringify(right()),
  '=~': (left, right) => String(left).toLowerCase() === String(right()).toLowerCase(),
  '!~': (left, right) => String(left).toLowerCase() !== String(right()).toLowerCase(),
  '<': (left, right) => Number(left) < Number(right()),
  '>': (left, right) => Number(left) > Number(right()),
  '<=': (left, right) => Number(left) <= Number(right()),
  '>=': (left, right) => Number(left) >= Number(right()),
  '+': (left, right) => Number(left) + Number(right()),
  '-': (left, right) => Number(left) - Number(right()),
  '*': (left, right) => Number(left) * Number(right()),
};

function binary(operator: string, left: unknown, right: () => unknown): unknown {
  const operate = OPERATORS[operator];
  if (operate === undefined) throw new Error(`operator ${operator} is not known here`);
  if (isDeferred(left) && operator === '??') return call('coalesce', [left, right()]);
  if (isDeferred(left)) throw new Error(`${textOf(left)} ${operator}: not known before the deployment`);
  return operate(left, right);
}

function unary(operator: string, value: unknown): unknown {
  if (isDeferred(value)) throw new Error(`${operator}${textOf(value)}: not known before the deployment`);
  return operator === '!' ? value !== true : -Number(value);
}

function ternary(test: unknown, yes: () => unknown, no: () => unknown): unknown {
  if (typeof test !== 'boolean') throw new Error(`a condition that is no bool: ${textOf(test)}`);
  return test ? yes() : no();
}

/** The lambda that an expression begins with: the grammar reads `v => v.a == 1` as `(v => v.a) == 1`. */
function leadingLambda(node: Syntax): Syntax | undefined {
  if (node.type === 'lambda_expression') return node;
  const first = ['left', 'condition', 'object'].map((name) => node.fields.get(name)).find(Boolean);
  return first ? leadingLambda(first) : undefined;
}

/** The whole expression as a lambda, whatever of it the grammar left outside. */
function lambda(node: Syntax, opened: Syntax, scope: Scope): Lambda {
  const [head] = opened.children;
  if (!head) throw new Error(`no lambda: ${node.text}`);
  const names = (head.type === 'identifier' ? [head] : head.children).map(({ text }) => text);
  return (...args) => evaluate(node, { ...within(scope, names, args), opened });
}

function bodyOf(node: Syntax): Syntax {
  const [, body] = node.children;
  if (!body) throw new Error(`no lambda: ${node.text}`);
  return body;
}

/** `visit` gets what an item's body is evaluated in, its index, and undefined where a condition leaves it out. */
export function eachOf<T>(
  node: Syntax,
  scope: Scope,
  visit: (body: Syntax | undefined, inner: Scope, index: number) => T,
): T[] {
  const [head, collection, body] = node.children;
  if (!head || !collection || !body) throw new Error(`no loop: ${node.text}`);
  const names = (head.type === 'identifier' ? [head] : head.children).map(({ text }) => text);
  const items = evaluate(collection, scope) as unknown[];
  return items.map((item, index) => {
    const inner = within(scope, names, [item, index]);
    return visit(wanted(body, inner), inner, index);
  });
}

/** The body behind an `if`, or nothing when the condition does not hold. */
export function wanted(body: Syntax, scope: Scope): Syntax | undefined {
  if (body.type !== 'if_statement') return body;
  const [condition, inner] = body.children;
  return condition && inner && evaluate(condition, scope) === true ? inner : undefined;
}

function object(node: Syntax, scope: Scope): Record<string, unknown> {
  const entries = node.children.flatMap((property): [string, unknown][] => {
    const [key, value] = property.type === 'object_property' ? property.children : [];
    if (!key || !value || key.type === 'resource_declaration') return [];
    const name = key.type === 'string' ? stringOf(key, (inner) => evaluate(inner, scope)) : key.text;
    return [[String(name), evaluate(value, scope)]];
  });
  return Object.fromEntries(entries);
}

function called(node: Syntax, scope: Scope): unknown {
  const name = field(node, 'function').text;
  const run = scope.call(name) ?? builtin(name);
  if (run === undefined) throw new Error(`function ${name} is not known here`);
  return run(...field(node, 'arguments').children.map((argument) => evaluate(argument, scope)));
}

const asksOptionally = (node: Syntax): boolean => /^(?:\.\?|\[\?)/.test(tailOf(node));

/** What stands behind the object: `.name`, `.?name`, `[index]`, `[?index]`. */
function tailOf(node: Syntax): string {
  const from = field(node, 'object').endIndex - node.startIndex;
  return node.text.slice(from).replace(/^[!\s]+/, '');
}

/** What is still to be done with a value: `.id` behind it, for one. */
type Tail = (value: unknown) => unknown;
const asItIs: Tail = (value) => value;

/** `.name`, `[index]` and `::child`, each as what it does with the value before it. */
const ACCESS: Record<string, (node: Syntax, scope: Scope) => Tail> = {
  member_expression: (node) => (value) => memberOf(value, field(node, 'property').text, asksOptionally(node)),
  resource_expression: (node) => (value) => memberOf(value, `::${field(node, 'resource').text}`, false),
  subscript_expression: (node, scope) => (value) =>
    indexOf(value, evaluate(field(node, 'index'), scope), asksOptionally(node)),
};

/**
 * Forms that end in an operand. The grammar binds `.id` weaker than any of them and reads `a ? b : c.id` as
 * `(a ? b : c).id`, while Bicep means `c.id`: the tail goes to that last operand.
 */
const OPEN_ENDED: Record<string, (node: Syntax, scope: Scope, tail: Tail) => unknown> = {
  lambda_expression: (node, scope, tail) => evaluate(bodyOf(node), scope, tail),
  unary_expression: (node, scope, tail) => {
    const value = evaluate(field(node, 'argument'), scope, tail);
    return unary(field(node, 'operator').text, value);
  },
  binary_expression: (node, scope, tail) =>
    binary(field(node, 'operator').text, evaluate(field(node, 'left'), scope), () =>
      evaluate(field(node, 'right'), scope, tail),
    ),
  ternary_expression: (node, scope, tail) =>
    ternary(
      evaluate(field(node, 'condition'), scope),
      () => evaluate(field(node, 'consequence'), scope),
      () => evaluate(field(node, 'alternative'), scope, tail),
    ),
};

const CLOSED: Record<string, (node: Syntax, scope: Scope) => unknown> = {
  string: (node, scope) => stringOf(node, (inner) => evaluate(inner, scope)),
  number: (node) => Number(node.text),
  boolean: (node) => node.text === 'true',
  null: () => null,
  identifier: (node, scope) => scope.value(node.text),
  array: (node, scope) => node.children.map((item) => evaluate(item, scope)),
  object,
  call_expression: called,
  parenthesized_expression: (node, scope) => node.children.map((item) => evaluate(item, scope))[0],
  for_statement: (node, scope) =>
    eachOf(node, scope, (body, inner) => (body === undefined ? null : evaluate(body, inner))),
};

/** The value of an expression: JSON, a `Deferred`, a lambda, or something with members of its own. */
export function evaluate(node: Syntax, scope: Scope, tail: Tail = asItIs): unknown {
  const leading = leadingLambda(node);
  if (leading !== undefined && scope.opened !== leading) return tail(lambda(node, leading, scope));
  const access = ACCESS[node.type]?.(node, scope);
  if (access !== undefined) return evaluate(field(node, 'object'), scope, (value) => tail(access(value)));
  const open = OPEN_ENDED[node.type];
  if (open !== undefined) return open(node, scope, tail);
  const closed = CLOSED[node.type];
  if (closed === undefined) throw new Error(`${node.type} is not known here: ${node.text}`);
  return tail(closed(node, scope));
}
