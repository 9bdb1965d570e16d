import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { OUTPUT_KINDS, outputJsonSchema } from '../../shared/output/json-schema.ts';
import { run } from '../cli/run.ts';

const room = join(import.meta.dirname, '../../shared/output');
const kinds = Object.keys(OUTPUT_KINDS) as (keyof typeof OUTPUT_KINDS)[];

describe('the JSON Schemas of what vaultcast prints', () => {
  it.each(kinds)('of %s stands beside the documentation as vaultcast schema prints it', async (kind) => {
    const text = await readFile(join(room, 'schemas', `${kind}.json`), 'utf8');
    const printed = await run(['schema', kind]);

    // Made with: vaultcast schema KIND > shared/output/schemas/KIND.json
    expect(JSON.parse(text)).toEqual(outputJsonSchema(kind));
    expect(JSON.parse(printed.out)).toEqual(JSON.parse(text));
  });

  it('are those of the kinds that exist, each with a line in the documentation', async () => {
    const files = await readdir(join(room, 'schemas'));
    const readme = await readFile(join(room, 'README.md'), 'utf8');

    expect(files.toSorted()).toEqual(kinds.map((kind) => `${kind}.json`).toSorted());
    expect(kinds.filter((kind) => !readme.includes(`| \`${kind}\``))).toEqual([]);
  });

  it('take the target that the documentation shows', async () => {
    const readme = await readFile(join(room, 'README.md'), 'utf8');
    const [, json = ''] = /```json\n(.*?)```/s.exec(readme) ?? [];
    const list = { items: [JSON.parse(json)], metadata: { readAt: '2026-11-21T10:16:00Z', counts: {} } };

    expect(
      OUTPUT_KINDS.TargetList.safeParse({ apiVersion: 'vaultcast.dev/v1', kind: 'TargetList', ...list }),
    ).toMatchObject({ success: true });
  });
});
