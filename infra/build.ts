import { execFile } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import type { BuildOptions, Plugin } from 'esbuild';
import { explainedJsonSchema } from '../shared/cli/explain-field/fields.ts';
import { buildPage } from './dashboard/build.ts';

const root = join(import.meta.dirname, '..');

/** What CommonJS packages inside an ES module bundle still ask for. */
const REQUIRE = `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`;

async function version(): Promise<string> {
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  return manifest.version;
}

/** CI names the commit; a checkout knows it; an unpacked archive has none. */
async function commit(): Promise<string> {
  const named = process.env['GITHUB_SHA'];
  if (named !== undefined && named !== '') return named.slice(0, 12);
  try {
    const { stdout } = await promisify(execFile)('git', ['rev-parse', '--short=12', 'HEAD'], { cwd: root });
    return stdout.trim();
  } catch {
    return 'unknown';
  }
}

/** Zod's namespace object drags in its sentences in fifty languages, 0.4 MB; it loads the English ones itself. */
const onlyEnglish: Plugin = {
  name: 'only-english',
  setup(bundling) {
    bundling.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({ contents: '' }));
  },
};

/**
 * Undici's entry loads its `fetch`, its WebSockets, caches and mocks, half of it, and we send our requests through two of its
 * dispatchers (shared/adapters). The client of Kubernetes imports its `fetch`, and is given another way of sending by us: what
 * stands there is Node's. As an ES module: who imports another of its names is refused by the build.
 */
const onlyDispatchers: Plugin = {
  name: 'only-dispatchers',
  setup(bundling) {
    bundling.onLoad({ filter: /[\\/]undici[\\/]index\.js$/ }, () => ({
      contents: `
        import Dispatcher from './lib/dispatcher/dispatcher.js';
        import api from './lib/api/index.js';
        Object.assign(Dispatcher.prototype, api);
        export { default as Agent } from './lib/dispatcher/agent.js';
        export { default as EnvHttpProxyAgent } from './lib/dispatcher/env-http-proxy-agent.js';
        export const fetch = (...request) => globalThis.fetch(...request);`,
    }));
  },
};

/** An import of `node:http` reads all it exports, and so loads Node's own `fetch`: asked for as an object, it does not. */
const httpAsObject: Plugin = {
  name: 'http-as-object',
  setup(bundling) {
    bundling.onResolve({ filter: /^(node:)?http$/ }, () => ({ path: 'http', namespace: 'object' }));
    bundling.onLoad({ filter: /./, namespace: 'object' }, () => ({
      contents: `module.exports = process.getBuiltinModule('node:http')`,
    }));
  },
};

/**
 * What a cold start pays for is text: of 185 ms of processor time for the import of an event's bundle, 20 went with its
 * white space and with those languages (`npm run bench -- --only cold-import`).
 *
 * Names stay. Without them a quarter of the text would go and hardly any time, and a stack in the host's log would say
 * nothing; with them it names our functions, and the maps tell the lines.
 *
 * No compile cache of V8 is shipped. It would save 35 ms more, but Node files it under its own exact version, the
 * architecture, V8's flags and the number of the user (`v24.21.0-x64-964aae3f-0`), none of which a build knows of an
 * instance: an update of the platform makes it dead weight. Nor is one kept while running: a fresh instance has an
 * empty disk, and what is refused there (a read-only folder, another user) is refused in silence.
 */
async function options(outdir: string, target: string): Promise<BuildOptions> {
  return {
    absWorkingDir: root,
    outdir,
    outbase: '.',
    bundle: true,
    platform: 'node',
    target,
    format: 'esm',
    splitting: true,
    minifyWhitespace: true,
    minifySyntax: true,
    plugins: [onlyEnglish],
    sourcemap: true,
    sourcesContent: false,
    banner: { js: REQUIRE },
    define: {
      VAULTCAST_VERSION: JSON.stringify(await version()),
      VAULTCAST_COMMIT: JSON.stringify(await commit()),
    },
    logLevel: 'warning',
  };
}

async function triggers(): Promise<string[]> {
  const files = await readdir(join(root, 'functions'));
  return files.filter((file) => file.endsWith('.ts')).map((file) => `functions/${file}`);
}

/** One bundle per trigger. The Functions host brings @azure/functions-core itself. */
export async function buildFunctions(outdir: string): Promise<void> {
  const shared = await options(outdir, 'node24');
  await build({
    ...shared,
    plugins: [...(shared.plugins ?? []), onlyDispatchers, httpAsObject],
    entryPoints: await triggers(),
    chunkNames: 'chunks/[name]-[hash]',
    external: ['@azure/functions-core'],
  });
}

/**
 * The command, its chunks and the page of its dashboard beside it: `npm pack` takes dist/cli and nothing of the functions. The app's Node is ours to
 * choose; the command runs on what people have.
 */
export async function buildCli(outdir: string): Promise<void> {
  await build({
    ...(await options(outdir, 'node22.19')),
    entryPoints: [{ in: 'shared/cli/vaultcast.ts', out: 'cli/vaultcast' }],
    chunkNames: 'cli/chunks/[name]-[hash]',
  });
  await buildPage(join(outdir, 'cli/dashboard'));
  await chmod(join(outdir, 'cli/vaultcast.js'), 0o755);
}

export async function buildSchema(outdir: string): Promise<void> {
  await mkdir(join(outdir, 'schema'), { recursive: true });
  const schema = JSON.stringify(explainedJsonSchema(), undefined, 2);
  await writeFile(join(outdir, 'schema/registry.schema.json'), `${schema}\n`);
}

if (import.meta.main) {
  const dist = join(root, 'dist');
  await rm(dist, { recursive: true, force: true });
  await Promise.all([buildFunctions(dist), buildCli(dist), buildSchema(dist)]);
}
