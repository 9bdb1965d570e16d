import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { buildFunctions } from '../../infra/build.ts';

const dist = await mkdtemp(join(tmpdir(), 'vaultcast-bundles-'));
await buildFunctions(dist);

afterAll(() => rm(dist, { recursive: true }));

const textOf = (file: string): Promise<string> => readFile(file, 'utf8');

/** The files that are loaded when this one is, itself included. */
async function loadedWith(file: string, seen = new Set<string>()): Promise<Set<string>> {
  seen.add(file);
  const imports = (await textOf(file)).matchAll(/(?:^|;)import(?:[^"';]*?from)?"(\.[^"]+)"/gm);
  for (const [, path = ''] of imports) {
    const imported = resolve(dirname(file), path);
    if (!seen.has(imported)) await loadedWith(imported, seen);
  }
  return seen;
}

async function sourcesOf(files: Iterable<string>): Promise<string[]> {
  const maps = await Promise.all([...files].map((file) => textOf(`${file}.map`)));
  return maps.flatMap((map) => (JSON.parse(map) as { sources: string[] }).sources);
}

const eventFiles = await loadedWith(join(dist, 'functions/on-vault-event.js'));
const eventSources = await sourcesOf(eventFiles);

describe('the bundle of an event', () => {
  it('is loaded with its chunks', () => {
    expect(eventFiles.size).toBeGreaterThan(3);
    expect(eventSources.some((source) => source.endsWith('shared/sync.ts'))).toBe(true);
  });

  it.each([
    '@kubernetes/client-node',
    '@azure/arm-containerservice',
    '@azure/keyvault-certificates',
    'liquidjs',
    'node-forge',
    'yaml',
    'commander',
  ])('is loaded without %s', (name) => {
    expect(eventSources.filter((source) => source.includes(`node_modules/${name}/`))).toEqual([]);
  });
});

describe('all bundles', () => {
  it('speak English only', async () => {
    const chunks = (await readdir(join(dist, 'chunks'))).filter((name) => name.endsWith('.js'));
    const sources = await sourcesOf(chunks.map((name) => join(dist, 'chunks', name)));
    const languages = sources.flatMap(
      (source) => /zod\/v4\/locales\/(?!index)(\w+)\.js$/.exec(source)?.[1] ?? [],
    );
    expect(new Set(languages)).toEqual(new Set(['en']));
  });

  it('keep the names of our functions, so that a stack can be read', async () => {
    const texts = await Promise.all([...eventFiles].map(textOf));
    for (const name of ['onVaultEvent', 'syncSecret', 'inInvocation'])
      expect(texts.some((text) => text.includes(`function ${name}(`))).toBe(true);
  });
});
