import { z } from 'zod';
import { registryDocument } from './document.ts';

/** The part of a JSON Schema that vaultcast's own messages look into. */
interface JsonSchema {
  title?: string;
  properties?: Record<string, JsonSchema>;
  additionalProperties?: JsonSchema | boolean;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  const?: unknown;
}

/**
 * The JSON Schema of one registry document as people write it (defaults may be left out), for editors. Rules between
 * fields are not in it: `vaultcast apply --dry-run` checks those.
 */
export function registryJsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(registryDocument, { io: 'input' });
  return { title: 'vaultcast registry document', ...(schema as JsonSchema) };
}

const branches = (schema: JsonSchema): JsonSchema[] =>
  [schema, ...(schema.oneOf ?? []), ...(schema.anyOf ?? [])].filter((branch) => branch !== undefined);

function step(schema: JsonSchema, key: PropertyKey, kind: unknown): JsonSchema[] {
  return branches(schema)
    .filter((branch) => kind === undefined || (branch.properties?.['kind']?.const ?? kind) === kind)
    .flatMap((branch) => {
      const extra = typeof branch.additionalProperties === 'object' ? branch.additionalProperties : undefined;
      const next = typeof key === 'number' ? branch.items : (branch.properties?.[String(key)] ?? extra);
      return next === undefined ? [] : [next];
    });
}

/** Which field names a document of this kind may have at this path; empty where any name goes. */
export function fieldsAllowedAt(schema: JsonSchema, kind: unknown, path: readonly PropertyKey[]): string[] {
  let here = [schema];
  for (const key of path) here = here.flatMap((part) => step(part, key, kind));
  const names = here.flatMap(branches).flatMap((branch) => Object.keys(branch.properties ?? {}));
  return [...new Set(names)];
}
