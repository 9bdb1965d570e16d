import { FUNCTIONS, type Row, textOf } from './functions.ts';
import type { Reader } from './tokens.ts';

/** What an expression may look up beside its row. */
export interface Scope {
  now: number;
  scalars: ReadonlyMap<string, unknown>;
  /** Reads a query up to its end, or to the parenthesis that closes it. */
  tabular(reader: Reader): Row[];
}

export type Expression = (row: Row) => unknown;

const SPANS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `a or b`, and everything that binds closer. */
export function expressionIn(reader: Reader, scope: Scope): Expression {
  let left = conjunction(reader, scope);
  while (reader.takes('or')) {
    const [one, other] = [left, conjunction(reader, scope)];
    left = (row) => one(row) === true || other(row) === true;
  }
  return left;
}

function conjunction(reader: Reader, scope: Scope): Expression {
  let left = comparison(reader, scope);
  while (reader.takes('and')) {
    const [one, other] = [left, comparison(reader, scope)];
    left = (row) => one(row) === true && other(row) === true;
  }
  return left;
}

type Compare = (left: unknown, right: unknown) => boolean;

const ordered =
  (is: (left: number, right: number) => boolean): Compare =>
  (left, right) =>
    typeof left === 'number' && typeof right === 'number' && is(left, right);
const starts: Compare = (left, right) => textOf(left).toLowerCase().startsWith(textOf(right).toLowerCase());
const has: Compare = (left, right) => textOf(left).toLowerCase().includes(textOf(right).toLowerCase());

const COMPARISONS: Readonly<Record<string, Compare>> = {
  '==': (left, right) => left === right,
  '!=': (left, right) => left !== right,
  '=~': (left, right) => textOf(left).toLowerCase() === textOf(right).toLowerCase(),
  '<': ordered((left, right) => left < right),
  '<=': ordered((left, right) => left <= right),
  '>': ordered((left, right) => left > right),
  '>=': ordered((left, right) => left >= right),
  startswith: starts,
  '!startswith': (left, right) => !starts(left, right),
  has,
  contains: has,
};

function comparison(reader: Reader, scope: Scope): Expression {
  const left = sum(reader, scope);
  const sign = reader.kind() === 'text' ? '' : reader.peek();
  const compare = Object.hasOwn(COMPARISONS, sign) ? COMPARISONS[sign] : undefined;
  if (compare !== undefined) {
    reader.next();
    const right = sum(reader, scope);
    return (row) => compare(left(row), right(row));
  }
  if (reader.takes('between')) {
    reader.must('(');
    const from = sum(reader, scope);
    reader.must('..');
    const to = sum(reader, scope);
    reader.must(')');
    return (row) => Number(left(row)) >= Number(from(row)) && Number(left(row)) <= Number(to(row));
  }
  if (sign !== 'in' && sign !== '!in') return left;
  reader.next();
  const among = members(reader, scope);
  return (row) => among(row).includes(left(row)) === (sign === 'in');
}

/** What stands in the parentheses after `in`: values, a list, or a query of one column. */
function members(reader: Reader, scope: Scope): (row: Row) => unknown[] {
  reader.must('(');
  if (reader.pipesInside() || (reader.peek() === '(' && reader.peek(2) === '|')) {
    const rows = scope.tabular(reader);
    reader.must(')');
    const values = rows.map((row) => Object.values(row)[0]);
    return () => values;
  }
  const listed = list(reader, scope, ')');
  return (row) => listed.flatMap((one) => one(row));
}

function list(reader: Reader, scope: Scope, end: string): Expression[] {
  const found: Expression[] = [];
  while (!reader.takes(end)) {
    found.push(expressionIn(reader, scope));
    reader.takes(',');
  }
  return found;
}

const ARITHMETIC: Readonly<Record<string, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
};

function chain(reader: Reader, signs: readonly string[], operand: () => Expression): Expression {
  let left = operand();
  while (reader.kind() === 'sign' && signs.includes(reader.peek())) {
    const work = ARITHMETIC[reader.next().text];
    const [one, other] = [left, operand()];
    left = (row) => work?.(Number(one(row)), Number(other(row)));
  }
  return left;
}

const sum = (reader: Reader, scope: Scope): Expression =>
  chain(reader, ['+', '-'], () => chain(reader, ['*', '/'], () => member(reader, scope)));

function member(reader: Reader, scope: Scope): Expression {
  let value = primary(reader, scope);
  while (reader.takes('.')) {
    const [of, name] = [value, reader.next().text];
    value = (row) => (of(row) as Row | null | undefined)?.[name] ?? null;
  }
  return value;
}

function primary(reader: Reader, scope: Scope): Expression {
  const { kind, text } = reader.next();
  if (kind === 'text') return () => text;
  if (kind === 'number') return constant(text);
  if (text === '(') {
    const inner = expressionIn(reader, scope);
    reader.must(')');
    return inner;
  }
  if (text === '[') {
    const parts = list(reader, scope, ']');
    return (row) => parts.map((part) => part(row));
  }
  if (kind === 'name' && reader.takes('(')) return call(text, list(reader, scope, ')'), scope);
  if (kind !== 'name') throw new Error(`${text} begins no expression`);
  if (text === 'true' || text === 'false') return () => text === 'true';
  return (row) => (scope.scalars.has(text) ? scope.scalars.get(text) : columnOf(row, text));
}

function columnOf(row: Row, name: string): unknown {
  if (!Object.hasOwn(row, name)) throw new Error(`${name} is no column`);
  return row[name];
}

function constant(text: string): Expression {
  const [, digits = '', unit = ''] = /^([\d.]+)(\w*)$/.exec(text) ?? [];
  const value = Number(digits) * (SPANS[unit] ?? 1);
  return () => value;
}

function call(name: string, args: readonly Expression[], scope: Scope): Expression {
  const [first = () => null] = args;
  if (name === 'dynamic') return first;
  if (name === 'ago') return (row) => scope.now - Number(first(row));
  if (name === 'now') return () => scope.now;
  const run = FUNCTIONS[name] as ((...values: unknown[]) => unknown) | undefined;
  if (run === undefined) throw new Error(`${name} is a function that is not evaluated here`);
  return (row) => run(...args.map((arg) => arg(row)));
}
