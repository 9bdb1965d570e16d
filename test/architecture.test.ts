import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');

interface Import {
  from: string;
  to: string;
  typeOnly: boolean;
}

async function sources(folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

const IMPORT =
  /^(?:import|export)\s+(?<type>type\s)?(?:[^'";]*?\sfrom\s+)?'(?<named>[^']+)'|\bimport\(\s*'(?<lazy>[^']+)'/gms;

async function importsOf(file: string): Promise<Import[]> {
  const text = await readFile(join(root, file), 'utf8');
  return [...text.matchAll(IMPORT)].map(({ groups = {} }) => {
    const to = groups['named'] ?? groups['lazy'] ?? '';
    const path = to.startsWith('.') ? relative(root, resolve(root, dirname(file), to)) : to;
    return { from: file, to: path, typeOnly: groups['type'] !== undefined };
  });
}

const files = [...(await sources('functions')), ...(await sources('shared'))];
const imports = (await Promise.all(files.map(importsOf))).flat();

/** Each room, and the rooms whose files it may import; itself always, npm packages only as listed. */
const STEPS = ['event', 'route', 'source', 'certificate', 'render', 'target', 'status'];
const BASE = ['names', 'errors', 'registry'];
const upTo = (step: string): string[] => [...BASE, ...STEPS.slice(0, STEPS.indexOf(step))];
const VERBS = ['commands', 'deliver', 'reconcile', 'retry', 'sync', 'time'];
const PURE = [...BASE, ...STEPS];

const ROOMS: Record<string, { may: string[]; npm: RegExp }> = {
  functions: { may: ['app', 'version', ...VERBS], npm: /^@azure\/functions$/ },
  app: { may: ['adapters', 'config', 'ports', 'version', ...VERBS, ...PURE], npm: /^@azure\/identity$/ },
  cli: {
    may: ['adapters', 'config', 'ports', 'version', 'reconcile', 'retry', 'time', ...PURE],
    npm: /^(?:commander|@bomb\.sh\/tab.*|listr2|table|yaml|zod|@azure\/identity|@kubernetes\/client-node|undici|p-limit)$/,
  },
  adapters: {
    may: ['ports', 'time', 'config', 'check', 'retry', ...PURE],
    npm: /^(?:@azure\/|@kubernetes\/client-node|undici|zod|yaml|node-forge|p-limit)/,
  },
  verbs: { may: ['ports', 'version', 'check', ...VERBS, ...PURE], npm: /^(?:p-limit|zod)$/ },
  ports: { may: ['check', 'retry', ...PURE], npm: /^$/ },
  check: { may: PURE, npm: /^$/ },
  config: { may: [...BASE, 'config'], npm: /^zod$/ },
  registry: { may: ['names', 'errors'], npm: /^(?:zod|yaml)$/ },
  names: { may: [], npm: /^$/ },
  errors: { may: [], npm: /^$/ },
  version: { may: [], npm: /^$/ },
  ...Object.fromEntries(
    STEPS.map((step) => [step, { may: upTo(step), npm: /^(?:zod|liquidjs|node-forge)$/ }] as const),
  ),
};

/** `shared/route/accept.ts` is in room `route`, `shared/sync.ts` in `sync`. */
function areaOf(file: string): string {
  const [top = '', second = ''] = file.split('/');
  return top === 'functions' ? 'functions' : second.replace(/\.ts$/, '');
}

function roomOf(file: string): { may: string[]; npm: RegExp } | undefined {
  const area = areaOf(file);
  return ROOMS[area] ?? (VERBS.includes(area) ? ROOMS['verbs'] : undefined);
}

const isOwn = (to: string): boolean => to.startsWith('shared/') || to.startsWith('functions/');
const isNode = (to: string): boolean => to.startsWith('node:');

describe('the architecture', () => {
  it('was checked over the whole tree', () => {
    expect(files.length).toBeGreaterThan(100);
    expect(imports.length).toBeGreaterThan(files.length);
    for (const file of ['shared/sync.ts', 'shared/ports.ts', 'functions/on-vault-event.ts'])
      expect(files).toContain(file);
    const homeless = files.filter((file) => roomOf(file) === undefined);
    expect(homeless).toEqual([]);
  });

  it('lets imports go one way only', () => {
    const wrong = imports.filter(({ from, to }) => {
      if (!isOwn(to) || areaOf(from) === areaOf(to)) return false;
      return roomOf(from)?.may.includes(areaOf(to)) !== true;
    });
    expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  });

  it('keeps each npm package where it belongs', () => {
    const wrong = imports.filter(
      ({ from, to }) => !isOwn(to) && !isNode(to) && roomOf(from)?.npm.test(to) !== true,
    );
    expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  });

  it('knows the adapters in the composition root and the command only', () => {
    const wrong = imports.filter(
      ({ from, to }) =>
        to.startsWith('shared/adapters/') && !['app', 'cli', 'adapters'].includes(areaOf(from)),
    );
    expect(wrong).toEqual([]);
  });

  it('does no input or output in a step', async () => {
    const steps = files.filter((file) => STEPS.includes(areaOf(file)));
    const wrong: string[] = [];
    for (const file of steps) {
      const text = await readFile(join(root, file), 'utf8');
      if (/\bfetch\(|node:(?:fs|net|http|https|tls|dns|child_process)|\bconsole\.|Date\.now\(/.test(text))
        wrong.push(file);
    }
    expect(steps.length).toBeGreaterThan(20);
    expect(wrong).toEqual([]);
  });

  it('reads the environment in the composition root and the command only', async () => {
    const wrong: string[] = [];
    for (const file of files) {
      const text = await readFile(join(root, file), 'utf8');
      if (text.includes('process.env') && !['app', 'cli'].includes(areaOf(file))) wrong.push(file);
    }
    expect(wrong).toEqual([]);
  });

  it('has trigger files of at most 30 lines', async () => {
    const long: string[] = [];
    for (const file of files.filter((one) => one.startsWith('functions/'))) {
      const lines = (await readFile(join(root, file), 'utf8')).trimEnd().split('\n').length;
      if (lines > 30) long.push(`${file}: ${lines}`);
    }
    expect(long).toEqual([]);
  });

  it('is shown whole: nothing but the fixed places stands at the top', async () => {
    const top = await readdir(root);
    const fixed = [
      'functions',
      'infra',
      'shared',
      'test',
      'host.json',
      'package.json',
      'tsconfig.json',
      'local.settings.sample.json',
    ];
    const forced = [
      'README.md',
      'LICENSE',
      'package-lock.json',
      'node_modules',
      'dist',
      'coverage',
      'azure.yaml',
      'knip.json',
      'vitest.config.ts',
    ];
    const others = top.filter(
      (name) => !name.startsWith('.') && !fixed.includes(name) && !forced.includes(name),
    );
    expect(others.filter((name) => !/\.(?:tgz|zip)$/.test(name))).toEqual([]);
    expect(fixed.filter((name) => !top.includes(name))).toEqual([]);
  });
});
