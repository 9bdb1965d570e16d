import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { allFields, explainedJsonSchema, explainedPaths } from '../../../shared/cli/explain-field/fields.ts';
import type { Field } from '../../../shared/cli/explain-field/fields.ts';
import { referenceText } from '../../../shared/cli/explain-field/reference.ts';
import { registryJsonSchema } from '../../../shared/registry/json-schema.ts';

const fields = allFields();
const nameOf = ({ kind, path }: Field): string => `${kind} ${path}`;
const field = (name: string): Field | undefined => fields.find((one) => nameOf(one) === name);

describe('the fields of registry documents', () => {
  it('are each explained, and nothing else is', () => {
    expect(fields.length).toBeGreaterThan(130);
    expect(explainedPaths().toSorted()).toEqual(fields.map(nameOf).toSorted());
  });

  it.each(fields.map((one) => [nameOf(one), one] as const))(
    '%s has an example that the schema takes, and a text in sentences',
    (_, { nodes, example, text }) => {
      const accepting = nodes.filter(
        (node) => z.fromJSONSchema(node as z.core.JSONSchema.JSONSchema).safeParse(example).success,
      );

      expect(accepting.length).toBeGreaterThan(0);
      expect(text).toMatch(/^[A-Za-z].*\.$/);
    },
  );

  it('are needed only where every form of what holds them needs them', () => {
    expect(field('Route spec.vault')).toMatchObject({ required: true });
    expect(field('Route spec.layout')).toMatchObject({ required: false, default: 'service' });
    expect(field('Cluster spec.credential.token')).toMatchObject({ required: false });
    expect(field('Cluster spec.credential.token.secret')).toMatchObject({ required: true });
    expect(field('Route spec.data.*.as')?.type).toBe('pkcs12 | pem | json | yaml | env | properties');
  });

  it('are what infra/fields.md lists: npm run fields writes it', async () => {
    const file = join(import.meta.dirname, '../../../infra/fields.md');
    expect(await readFile(file, 'utf8')).toBe(referenceText(fields));
  });
});

/** Without what is only for people. */
function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(
    ([key, inside]) =>
      !(key === 'description' && typeof inside === 'string') &&
      !(key === 'examples' && Array.isArray(inside)),
  );
  return Object.fromEntries(kept.map(([key, inside]) => [key, bare(inside)]));
}

describe('the JSON Schema that editors read', () => {
  it('explains every field, and asks for nothing else than the one that documents are checked with', () => {
    const explained = explainedJsonSchema();

    expect(JSON.stringify(explained).match(/"description":/g)?.length).toBeGreaterThanOrEqual(fields.length);
    expect(bare(explained)).toEqual(registryJsonSchema());
  });
});
