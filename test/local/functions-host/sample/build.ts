import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const REQUIRE =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

export interface SampleApp {
  dir: string;
  remove(): Promise<void>;
}

/** Builds the sample functions the way the app itself is built, in a folder of their own. */
export async function buildSampleApp(queues: Record<string, unknown>): Promise<SampleApp> {
  const dir = await mkdtemp(join(tmpdir(), 'host-sample-'));
  await build({
    entryPoints: [
      fileURLToPath(new URL('./events.ts', import.meta.url)),
      fileURLToPath(new URL('./others.ts', import.meta.url)),
    ],
    outdir: join(dir, 'dist/functions'),
    chunkNames: '../chunks/[name]-[hash]',
    banner: { js: REQUIRE },
    external: ['@azure/functions-core'],
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    logLevel: 'error',
  });
  await writeFile(join(dir, 'package.json'), JSON.stringify({ type: 'module', main: 'dist/functions/*.js' }));
  await writeFile(join(dir, 'host.json'), JSON.stringify({ version: '2.0', extensions: { queues } }));
  return { dir, remove: () => rm(dir, { recursive: true }) };
}
