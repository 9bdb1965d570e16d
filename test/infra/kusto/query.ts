import { expressionIn, type Expression, type Scope } from './expression.ts';
import { AGGREGATES, type Row } from './functions.ts';
import { type Reader, readerOf, tokensOf } from './tokens.ts';

export type Tables = Readonly<Record<string, readonly Row[]>>;

/**
 * What a query gives over tables, at a time in ms: the part of the Kusto language that the queries of this project use, and
 * whatever else stands in a query is an error. Microsoft's own parser checks their syntax and types (checker.ts).
 */
export function runQuery(query: string, tables: Tables, now: number): Row[] {
  const reader = readerOf(tokensOf(query));
  const scalars = new Map<string, unknown>();
  const tabulars = new Map<string, readonly Row[]>(Object.entries(tables));
  const scope: Scope = {
    now,
    scalars,
    tabular: (inner) => pipeline(inner, tabulars, scope),
  };
  while (reader.takes('let')) {
    const { text: name } = reader.next();
    reader.must('=');
    if (tabulars.has(reader.peek())) tabulars.set(name, pipeline(reader, tabulars, scope));
    else scalars.set(name, expressionIn(reader, scope)({}));
    reader.must(';');
  }
  const rows = pipeline(reader, tabulars, scope);
  if (!reader.isOver()) throw new Error(`not read: ${reader.peek()}`);
  return rows;
}

type Tabulars = ReadonlyMap<string, readonly Row[]>;
type Operator = (rows: readonly Row[], reader: Reader, scope: Scope) => Row[];

/** A source and what is done to it. */
function pipeline(reader: Reader, tabulars: Tabulars, scope: Scope): Row[] {
  let rows = source(reader, tabulars, scope);
  while (reader.takes('|')) {
    const { text: name } = reader.next();
    const operator = OPERATORS[name];
    if (operator === undefined) throw new Error(`${name} is an operator that is not evaluated here`);
    rows = operator(rows, reader, scope);
  }
  return rows;
}

function source(reader: Reader, tabulars: Tabulars, scope: Scope): Row[] {
  if (reader.takes('(')) {
    const inner = pipeline(reader, tabulars, scope);
    reader.must(')');
    return inner;
  }
  const names = [reader.next().text];
  if (names[0] === 'union') names[0] = reader.next().text;
  while (reader.takes(',')) names.push(reader.next().text);
  return names.flatMap((name) => {
    const rows = tabulars.get(name);
    if (rows === undefined) throw new Error(`${name} is no table`);
    return [...rows];
  });
}

interface Named {
  name: string;
  value: Expression;
}

/** `NAME = EXPRESSION`, a column, or `bin(COLUMN, …)`, which is called like its column. */
function named(reader: Reader, scope: Scope): Named {
  if (reader.peek(1) === '=') {
    const name = reader.next().text;
    reader.must('=');
    return { name, value: expressionIn(reader, scope) };
  }
  const name = reader.peek() === 'bin' ? reader.peek(2) : reader.peek();
  return { name, value: expressionIn(reader, scope) };
}

function all<T>(reader: Reader, one: () => T): T[] {
  const found = [one()];
  while (reader.takes(',')) found.push(one());
  return found;
}

const made = (columns: readonly Named[], row: Row): Row =>
  Object.fromEntries(columns.map(({ name, value }) => [name, value(row)]));

const OPERATORS: Readonly<Record<string, Operator>> = {
  where: (rows, reader, scope) => {
    const is = expressionIn(reader, scope);
    return rows.filter((row) => is(row) === true);
  },
  extend: (rows, reader, scope) => {
    const columns = all(reader, () => named(reader, scope));
    return rows.map((row) => ({ ...row, ...made(columns, row) }));
  },
  project: (rows, reader, scope) => {
    const columns = all(reader, () => named(reader, scope));
    return rows.map((row) => made(columns, row));
  },
  distinct: (rows, reader, scope) => {
    const columns = all(reader, () => named(reader, scope));
    return [...groups(rows, columns).values()].map(({ key }) => key);
  },
  /** Rows of both sides that agree in the column. */
  join: (rows, reader, scope) => {
    for (const word of ['kind', '=', 'inner']) reader.must(word);
    const others = scope.tabular(reader);
    reader.must('on');
    const { text: column } = reader.next();
    const byKey = Map.groupBy(others, (other) => other[column]);
    return rows.flatMap((row) => (byKey.get(row[column]) ?? []).map((other) => ({ ...other, ...row })));
  },
  summarize,
  order,
  count: (rows) => [{ Count: rows.length }],
};

/** Rows by what they have in common. */
function groups(rows: readonly Row[], by: readonly Named[]): Map<string, { key: Row; rows: Row[] }> {
  const found = new Map<string, { key: Row; rows: Row[] }>();
  for (const row of rows) {
    const key = made(by, row);
    const id = JSON.stringify(key);
    const group = found.get(id) ?? { key, rows: [] };
    group.rows.push(row);
    found.set(id, group);
  }
  return found;
}

type Aggregate = (rows: readonly Row[]) => Row;

function summarize(rows: readonly Row[], reader: Reader, scope: Scope): Row[] {
  const aggregates = reader.peek() === 'by' ? [] : all(reader, () => aggregate(reader, scope));
  const by = reader.takes('by') ? all(reader, () => named(reader, scope)) : [];
  return [...groups(rows, by).values()].map(
    (group) => Object.assign({}, group.key, ...aggregates.map((one) => one(group.rows))) as Row,
  );
}

function aggregate(reader: Reader, scope: Scope): Aggregate {
  const alias = reader.peek(1) === '=' ? reader.next().text : undefined;
  if (alias !== undefined) reader.must('=');
  const { text: name } = reader.next();
  reader.must('(');
  const names: string[] = [];
  const args: Expression[] = [];
  while (!reader.takes(')')) {
    names.push(reader.peek());
    args.push(expressionIn(reader, scope));
    reader.takes(',');
  }
  if (name === 'arg_max') return (rows) => argMax(rows, names, args);
  const run = AGGREGATES[name];
  if (run === undefined || alias === undefined)
    throw new Error(`${name} is not evaluated here, or has no name`);
  return (rows) => ({ [alias]: run(rows, args) });
}

/** The row with the largest first argument, as the arguments tell it. */
function argMax(rows: readonly Row[], names: readonly string[], args: readonly Expression[]): Row {
  const [by = () => 0] = args;
  const best = rows.reduce((one, other) => (Number(by(other)) >= Number(by(one)) ? other : one));
  return Object.fromEntries(args.map((arg, index) => [names[index] ?? '', arg(best)]));
}

function order(rows: readonly Row[], reader: Reader, scope: Scope): Row[] {
  reader.must('by');
  const by = all(reader, () => {
    const value = expressionIn(reader, scope);
    const descends = !reader.takes('asc');
    if (descends) reader.takes('desc');
    return (left: Row, right: Row): number => (descends ? -1 : 1) * compared(value(left), value(right));
  });
  return rows.toSorted((left, right) => by.map((one) => one(left, right)).find((sign) => sign !== 0) ?? 0);
}

function compared(left: unknown, right: unknown): number {
  if (left === right) return 0;
  return (left as number | string) < (right as number | string) ? -1 : 1;
}
