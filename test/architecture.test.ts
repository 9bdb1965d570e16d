import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ExportedType, exportedTypes } from './support/exported-types.ts';
import {
  circlesOf,
  type Floor,
  type Import,
  importsOf,
  importsUp,
  roomOf,
  sourcesIn,
} from './support/imports.ts';

const root = resolve(import.meta.dirname, '..');
const files = [...(await sourcesIn('functions')), ...(await sourcesIn('shared'))];
const imports = (await Promise.all(files.map(importsOf))).flat();

/** From the top: a room imports from itself and from lower floors, types included. Rooms of one floor do not know each other. */
const FLOORS: readonly Floor[] = [
  ['functions'],
  // It runs in a browser.
  ['shared/cli/dashboard/page'],
  ['shared/app.ts', 'shared/cli'],
  ['shared/adapters', 'shared/commands'],
  ['shared/sync.ts', 'shared/reconcile'],
  ['shared/deliver', 'shared/retry'],
  ['shared/ports.ts'],
  // What ports speak of besides status: an inspection of a cluster, the queues' messages, a cluster's back-off.
  // And the documents that people and programs read of all that.
  ['shared/check', 'shared/output', 'shared/retry/message.ts', 'shared/retry/back-off.ts'],
  ['shared/status'],
  ['shared/target'],
  ['shared/render'],
  ['shared/certificate', 'shared/source'],
  ['shared/route'],
  ['shared/config', 'shared/event', 'shared/admission'],
  ['shared/registry'],
  [
    'shared/names.ts',
    'shared/time.ts',
    'shared/version.ts',
    'shared/list-budget.ts',
    'shared/remember.ts',
    'shared/digest.ts',
  ],
  ['shared/errors.ts'],
];

/** Rooms that only compute: data in, data out. */
const PURE = [
  'check',
  'output',
  'status',
  'target',
  'render',
  'certificate',
  'source',
  'route',
  'event',
  'registry',
].map((room) => `shared/${room}`);

/** Commands and pages that have a subject of their own. */
const APART = ['import', 'adopt', 'init', 'dashboard'].map((command) => `shared/cli/${command}`);

/** The npm packages of each room that has any. */
const PACKAGES: Readonly<Record<string, RegExp>> = {
  functions: /^@azure\/functions$/,
  'shared/app.ts': /^@azure\/identity$/,
  'shared/cli/dashboard/page': /^preact$|^preact\//,
  'shared/cli':
    /^(?:commander|@bomb\.sh\/tab.*|listr2|table|yaml|zod|@azure\/identity|@kubernetes\/client-node|undici|p-limit)$/,
  'shared/adapters': /^(?:@azure\/|@kubernetes\/client-node|undici|zod|yaml|node-forge|p-limit)/,
  'shared/admission': /^p-limit$/,
  'shared/commands': /^p-limit$/,
  'shared/reconcile': /^p-limit$/,
  'shared/deliver': /^p-limit$/,
  'shared/retry': /^(?:p-limit|zod)$/,
  'shared/retry/message.ts': /^zod$/,
  'shared/output': /^zod$/,
  'shared/status': /^zod$/,
  'shared/target': /^zod$/,
  'shared/render': /^(?:zod|liquidjs|yaml)$/,
  'shared/certificate': /^node-forge$/,
  'shared/config': /^tldts$/,
  'shared/registry': /^(?:zod|yaml)$/,
};

const isOwn = (to: string): boolean => to.startsWith('shared/') || to.startsWith('functions/');
const isNode = (to: string): boolean => to.startsWith('node:');
const own = imports.filter(({ to }) => isOwn(to));

/** Rooms and floors as people read them, with the number of files. */
function drawing(): string {
  return FLOORS.map((floor, index) => {
    const rooms = floor.map((room) => {
      const count = files.filter((file) => roomOf(file, FLOORS) === room).length;
      return count === 1 ? room : `${room} (${count})`;
    });
    return `${String(FLOORS.length - index).padStart(2)}  ${rooms.join('   ')}`;
  }).join('\n');
}

describe('the architecture', () => {
  it('was checked over the whole tree', () => {
    console.info(`rooms and floors:\n${drawing()}`);
    expect(files.length).toBeGreaterThan(100);
    expect(imports.length).toBeGreaterThan(files.length);
    for (const file of ['shared/sync.ts', 'shared/ports.ts', 'functions/on-vault-event.ts'])
      expect(files).toContain(file);
    expect(files.filter((file) => roomOf(file, FLOORS) === undefined)).toEqual([]);
  });

  it('imports from lower floors only', () => {
    expect(importsUp(own, FLOORS)).toEqual([]);
  });

  it('has no circle of imports, of types neither', () => {
    expect(circlesOf(own)).toEqual([]);
  });

  it('exports a type only where two other files speak of it, or ports, or the domain model', async () => {
    const types = exportedTypes(await textsOf([...files, ...(await sourcesIn('infra'))]));
    const ours = types.filter(({ file }) => file.startsWith('shared/'));
    const central = ours.filter(({ file }) => !APART.some((room) => file.startsWith(`${room}/`)));
    console.info(`exported types: ${ours.length}, ${central.length} of them without ${APART.join(', ')}`);
    expect(ours.length).toBeGreaterThan(50);
    expect(crumbsIn(types, await modelWords())).toEqual([]);
  });

  it('has no file beside a folder of its name', () => {
    const folders = new Set(files.map((file) => file.split('/').slice(0, -1).join('/')));
    expect(files.filter((file) => folders.has(file.replace(/\.tsx?$/, '')))).toEqual([]);
  });

  it('keeps each npm package where it belongs', () => {
    const wrong = imports.filter(({ from, to }) => {
      const room = roomOf(from, FLOORS) ?? '';
      return !isOwn(to) && !isNode(to) && PACKAGES[room]?.test(to) !== true;
    });
    expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  });

  it('knows the adapters in the composition root and the command only', () => {
    const knowing = own
      .filter(({ to }) => to.startsWith('shared/adapters/'))
      .map(({ from }) => roomOf(from, FLOORS));
    expect(new Set(knowing)).toEqual(new Set(['shared/adapters', 'shared/app.ts', 'shared/cli']));
  });

  it('takes types alone into the page of the dashboard: nothing of the command runs in a browser', () => {
    const into = own.filter(({ from }) => roomOf(from, FLOORS) === 'shared/cli/dashboard/page');
    const wrong = into.filter(
      ({ to, typeOnly }) => roomOf(to, FLOORS) !== 'shared/cli/dashboard/page' && !typeOnly,
    );
    expect(into.length).toBeGreaterThan(20);
    expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  });

  it('does no input or output in a step', async () => {
    const steps = files.filter((file) => PURE.includes(roomOf(file, FLOORS) ?? ''));
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
      if (
        text.includes('process.env') &&
        !['shared/app.ts', 'shared/cli'].includes(roomOf(file, FLOORS) ?? '')
      )
        wrong.push(file);
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
      'CHANGELOG.md',
      'CONTRIBUTING.md',
      'SECURITY.md',
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

/** Types that one other file imports, or none. `words`: those of the domain model. What ports.ts speaks of it cannot infer. */
function crumbsIn(types: readonly ExportedType[], words: ReadonlySet<string>): string[] {
  const isShared = ({ name, readers }: ExportedType): boolean =>
    readers.size > 1 || readers.has('shared/ports.ts') || words.has(name);
  return types
    .filter((type) => type.file.startsWith('shared/') && !isShared(type))
    .map(({ file, name }) => `${file} exports ${name}`);
}

async function modelWords(): Promise<Set<string>> {
  const text = await readFile(join(root, 'shared/README.md'), 'utf8');
  return new Set([...text.matchAll(/^\| `(\w+)` /gm)].map(([, word = '']) => word));
}

async function textsOf(paths: readonly string[]): Promise<Map<string, string>> {
  const read = paths.map(async (path) => [path, await readFile(join(root, path), 'utf8')] as const);
  return new Map(await Promise.all(read));
}

describe('the check of the architecture', () => {
  const planted = (from: string, to: string): Import => ({ from, to, typeOnly: true });

  it('finds a planted import up, of a type too', () => {
    const up = planted('shared/route/consent.ts', 'shared/target/secret.ts');
    expect(importsUp([...own, up], FLOORS)).toEqual([
      'shared/route/consent.ts imports shared/target/secret.ts',
    ]);
  });

  it('finds a planted import between rooms of one floor', () => {
    const beside = planted('shared/deliver/deliver.ts', 'shared/retry/settle.ts');
    expect(importsUp([...own, beside], FLOORS)).toEqual([
      'shared/deliver/deliver.ts imports shared/retry/settle.ts',
    ]);
  });

  it('finds a type that is exported for one other file', async () => {
    const reads = "import { made, type Crumb } from './made.ts';";
    const texts = new Map([
      ['shared/a/made.ts', 'export interface Crumb {}\nexport type Word = string;'],
      ['shared/a/reader.ts', reads],
    ]);
    const crumb = 'shared/a/made.ts exports Crumb';
    expect(crumbsIn(exportedTypes(texts), new Set(['Word']))).toEqual([crumb]);
    expect(crumbsIn(exportedTypes(texts), new Set())).toEqual([crumb, 'shared/a/made.ts exports Word']);
    texts.set('shared/b/reader.ts', reads.replace('./made', '../a/made'));
    expect(crumbsIn(exportedTypes(texts), new Set(['Word']))).toEqual([]);
  });

  it('finds a planted circle of types inside a room', () => {
    const back = planted('shared/source/source.ts', 'shared/source/state.ts');
    const circle = ['shared/source/source.ts', 'shared/source/state.ts'];
    expect(circlesOf([...own, back])).toContainEqual(circle);
    expect(circlesOf(own)).not.toContainEqual(circle);
  });

  it('finds a circle over several files', () => {
    const [a, b, c] = ['a.ts', 'b.ts', 'c.ts'] as const;
    expect(circlesOf([planted(a, b), planted(b, c), planted(c, a), planted(a, 'd.ts')])).toEqual([[a, b, c]]);
  });
});
