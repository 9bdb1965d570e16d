const TEXT = Symbol('text of an expression');

/** What only a deployment knows, as the expression that Azure Resource Manager would evaluate. */
export interface Deferred {
  [TEXT]: string;
}

export const deferred = (text: string): Deferred => ({ [TEXT]: text });

export function isDeferred(value: unknown): value is Deferred {
  return typeof value === 'object' && value !== null && TEXT in value;
}

/** Whether anything in the value, however deep, is not known before the deployment. */
export function holdsDeferred(value: unknown): boolean {
  if (isDeferred(value)) return true;
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsDeferred);
}

/** The value as an argument of an expression. */
export function textOf(value: unknown): string {
  if (isDeferred(value)) return value[TEXT];
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
  if (Array.isArray(value)) return call('createArray', value)[TEXT];
  if (typeof value === 'object' && value !== null)
    return call('createObject', Object.entries(value).flat())[TEXT];
  return String(value);
}

export const call = (name: string, args: readonly unknown[]): Deferred =>
  deferred(`${name}(${args.map(textOf).join(', ')})`);

/** Plain JSON in which an expression is text in brackets, as in a template. */
export function plain(value: unknown): unknown {
  if (isDeferred(value)) return `[${value[TEXT]}]`;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, plain(part)]));
}
