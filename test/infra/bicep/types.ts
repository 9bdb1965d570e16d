import type { Declaration, Declarations } from './declarations.ts';

import { isDeferred } from './deferred.ts';
import type { Syntax } from './syntax.ts';

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const PRIMITIVES: Record<string, (value: unknown) => boolean> = {
  string: (value) => typeof value === 'string',
  int: Number.isInteger,
  bool: (value) => typeof value === 'boolean',
  array: Array.isArray,
  object: isObject,
};

const BOUNDS: Record<string, (value: unknown, limit: number) => boolean> = {
  minValue: (value, limit) => Number(value) >= limit,
  maxValue: (value, limit) => Number(value) <= limit,
  minLength: (value, limit) => (value as string | unknown[]).length >= limit,
  maxLength: (value, limit) => (value as string | unknown[]).length <= limit,
};

/** What Resource Manager would say against the value, as `name: reason`; empty when it fits type and decorators. */
export function misfits(file: Declarations, at: string, declaration: Declaration, value: unknown): string[] {
  if (isDeferred(value)) return [];
  const type = typeOf(declaration.node);
  if (value === null && type.type === 'nullable_type') return [];
  const wrong = typeMisfits(file, at, type, value);
  return wrong.length > 0 ? wrong : bounded(at, declaration, value);
}

function typeOf(node: Syntax): Syntax {
  const [, type] = node.children;
  if (type === undefined) throw new Error(`no type: ${node.text}`);
  return innermost(type);
}

const innermost = (type: Syntax): Syntax => {
  const [only, other] = type.children;
  return (type.type === 'type' || type.type === 'parenthesized_type') && only && !other
    ? innermost(only)
    : type;
};

function bounded(at: string, { decorators }: Declaration, value: unknown): string[] {
  const broken = Object.entries(BOUNDS).filter(([name, holds]) => {
    const [limit] = decorators.get(name) ?? [];
    return limit !== undefined && !holds(value, Number(limit.text));
  });
  const [list] = decorators.get('allowed') ?? [];
  const allowed = list === undefined ? undefined : list.children.map(({ text }) => text.replaceAll("'", ''));
  const stray = allowed !== undefined && !allowed.includes(String(value));
  return [...broken.map(([name]) => `${at}: ${name}`), ...(stray ? [`${at}: allowed`] : [])];
}

type Check = (file: Declarations, at: string, type: Syntax, value: unknown) => string[];

const innerOf = (type: Syntax): Syntax => innermost(type.children[0] ?? type);

const CHECKS: Record<string, Check> = {
  primitive_type: (_, at, { text }, value) =>
    PRIMITIVES[text]?.(value) === true ? [] : [`${at}: no ${text}`],
  nullable_type: (file, at, type, value) =>
    value === null ? [] : typeMisfits(file, at, innerOf(type), value),
  array_type: (file, at, type, value) =>
    Array.isArray(value)
      ? value.flatMap((item, i) => typeMisfits(file, `${at}[${i}]`, innerOf(type), item))
      : [`${at}: no array`],
  union_type: (_, at, type, value) =>
    literalsOf(type).includes(value) ? [] : [`${at}: none of ${type.text}`],
  identifier: (file, at, { text }, value) => namedMisfits(file, at, text, value),
};

function typeMisfits(file: Declarations, at: string, type: Syntax, value: unknown): string[] {
  const check = CHECKS[type.type];
  if (check === undefined) throw new Error(`type ${type.type} is not known here: ${type.text}`);
  return check(file, at, type, value);
}

function literalsOf(type: Syntax): unknown[] {
  return type.text.split('|').map((part) => {
    const text = part.trim();
    return text.startsWith("'") ? text.slice(1, -1) : Number(text);
  });
}

function namedMisfits(file: Declarations, at: string, name: string, value: unknown): string[] {
  const home = file.imports.get(name) ?? file;
  const declaration = home.types.get(name);
  const [, body] = declaration === undefined ? [] : declaration.node.children;
  if (declaration === undefined || body === undefined) throw new Error(`type ${name} is not declared`);
  if (body.type !== 'object') return typeMisfits(home, at, innermost(body), value);
  if (!isObject(value)) return [`${at}: no object`];
  return membersMisfit(home, at, { body, sealed: declaration.decorators.has('sealed') }, value);
}

function membersMisfit(
  file: Declarations,
  at: string,
  { body, sealed }: { body: Syntax; sealed: boolean },
  value: Record<string, unknown>,
): string[] {
  const members = new Map(
    body.children.flatMap((property): [string, Syntax][] => {
      const [key, type] = property.type === 'object_property' ? property.children : [];
      return key && type ? [[key.text, type]] : [];
    }),
  );
  const strange = sealed ? Object.keys(value).filter((name) => !members.has(name)) : [];
  const wrong = [...members].flatMap(([name, type]) => {
    const member = value[name] ?? null;
    if (member === null && type.type !== 'nullable_type') return [`${at}.${name}: missing`];
    return member === null ? [] : typeMisfits(file, `${at}.${name}`, type, member);
  });
  return [...strange.map((name) => `${at}.${name}: unknown member`), ...wrong];
}
