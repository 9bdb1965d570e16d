import type { Route } from '../../registry/document.ts';
import { type Json, jsonText } from '../json.ts';
import { RenderRefusal } from '../refusal.ts';
import { writeEnv } from './env.ts';
import { writeProperty } from './properties.ts';

type Format = NonNullable<Route['spec']['format']>;

/** A file of these names and values, names in a fixed order. Throws RenderRefusal; `what` names the file. */
export function written(values: ReadonlyMap<string, Json>, format: Format, what: string): string {
  const sorted = [...values].sort(([left], [right]) => (left < right ? -1 : 1));
  if (format === 'json') return `${JSON.stringify(Object.fromEntries(sorted), undefined, 2)}\n`;
  return sorted.map(([name, value]) => `${lineOf(name, value, format, what)}\n`).join('');
}

function lineOf(name: string, value: Json, format: Exclude<Format, 'json'>, what: string): string {
  switch (format) {
    case 'yaml':
      return `${yamlText(name)}: ${yamlText(value)}`;
    case 'properties':
      return writeProperty(name, jsonText(value));
    case 'env': {
      const line = writeEnv(name, jsonText(value));
      if (line !== undefined) return line;
      throw new RenderRefusal(
        `${what}: the value of ${name} cannot be written into a .env file: it mixes quotes, backslashes or line breaks`,
      );
    }
  }
}

/** JSON on one line is YAML, once the characters that YAML calls line breaks or unprintable are escaped. */
function yamlText(value: Json): string {
  return JSON.stringify(value).replaceAll(
    /[\x7f-\x9f\u2028\u2029\uFEFF\uFFFE\uFFFF]/g,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
