import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stack, startStack } from '../local/stack/start.ts';
import { applyTenancy, routeYaml, valueIn } from '../local/stack/tenancy.ts';

/** Whoever brings plain text pays for no format: what reads and writes others is loaded by the first who asks for it. */
const FORMATS = ['@azure/keyvault-certificates', 'liquidjs', 'node-forge', 'yaml'];
const OURS = [
  'formats/write.ts',
  'formats/yaml.ts',
  'certificates.ts',
  'identity.ts',
  'pair.ts',
  'template.ts',
];

let stack: Stack;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vaultcast-loaded-'));
  const hooks = [import.meta.resolve('../local/network/dns.mjs'), import.meta.resolve('./loaded-files.mjs')];
  const env = {
    NODE_OPTIONS: hooks.map((hook) => `--import ${hook}`).join(' '),
    LOADED_FILES: join(folder, 'files'),
  };
  stack = await startStack({ clusters: ['weu-1'], env });
  await applyTenancy(stack);
});
afterAll(async () => {
  await stack.stop();
  await rm(folder, { recursive: true });
});

/** The sources in all bundles and chunks that the processes of the app have loaded so far. */
async function loaded(): Promise<string[]> {
  const lines = (await readFile(join(folder, 'files'), 'utf8')).split('\n');
  const bundles = [...new Set(lines)].filter((url) => /^(?!.*node_modules).*\/dist\/.*\.js$/.test(url));
  const maps = await Promise.all(bundles.map((url) => readFile(new URL(`${url}.map`), 'utf8')));
  return [...new Set(maps.flatMap((map) => (JSON.parse(map) as { sources: string[] }).sources))];
}

const formatsIn = (sources: readonly string[]): string[] =>
  [
    ...FORMATS.filter((name) => sources.some((one) => one.includes(`node_modules/${name}/`))),
    ...OURS.filter((name) => sources.some((one) => one.endsWith(`shared/render/${name}`))),
  ].sort();

describe('the app loads', () => {
  it('nothing that reads or writes a format for an event of plain text', async () => {
    await stack.rotate('app-1--pg--password', 'plain');
    expect(valueIn(stack.cluster('weu-1'), 'app-1', 'pg', 'password')).toBe('plain');
    const sources = await loaded();
    console.info(`after one plain event: ${sources.length} sources loaded`);
    expect(sources.some((one) => one.endsWith('shared/render/render.ts'))).toBe(true);
    expect(formatsIn(sources)).toEqual([]);
  });

  it('what reads YAML for an event that needs it, and nothing else of the kind', async () => {
    const spec = {
      prefix: 'app-1--yaml--',
      namespaces: ['app-1'],
      layout: 'flat',
      json: 'expand',
      format: 'yaml',
    };
    await stack.apply(routeYaml('yaml', spec));
    await stack.rotate('app-1--yaml--it', 'a: x\n');
    expect(valueIn(stack.cluster('weu-1'), 'app-1', 'app-1--yaml--it', 'a')).toBe('x');
    expect(formatsIn(await loaded())).toEqual(['formats/yaml.ts', 'yaml']);
  });
});
