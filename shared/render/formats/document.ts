import type { Route } from '../../registry/document.ts';
import { type Json, parseJson } from '../json.ts';
import { RenderRefusal } from '../refusal.ts';
import { readEnv } from './env.ts';
import { readProperties } from './properties.ts';

/**
 * The document that a text holds. Throws or rejects with RenderRefusal; `what` names the text in it. The YAML library is
 * loaded for YAML alone.
 */
export function documentOf(
  text: string,
  format: NonNullable<Route['spec']['format']>,
  what: string,
): Json | Promise<Json> {
  switch (format) {
    case 'json':
      return parseJson(text, what);
    case 'yaml':
      return import('./yaml.ts').then(({ readYaml }) => readYaml(text, what));
    case 'env':
      return objectOf(readEnv(text), what, 'no .env file that every reader reads alike');
    case 'properties':
      return objectOf(readProperties(text), what, 'no Java properties file');
  }
}

interface Flat {
  values: ReadonlyMap<string, string>;
  /** Why a line cannot be read, and which; undefined when all could. */
  problem: { line: number; why: string } | undefined;
}

function objectOf({ values, problem }: Flat, what: string, otherwise: string): Json {
  if (problem === undefined) return Object.fromEntries(values);
  const detail = `${what} is ${otherwise}: line ${problem.line}: ${problem.why}`;
  throw new RenderRefusal(`${what} is ${otherwise}`, { detail });
}
