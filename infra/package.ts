import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import type { Zippable } from 'fflate';
import { buildFunctions } from './build.ts';

const root = join(import.meta.dirname, '..');

/** Files of a ZIP carry a date; the same sources must give the same bytes. The earliest date a ZIP can hold. */
const MTIME = new Date(1980, 0, 1);

/** Larger means that something slipped in: bundles and their maps take about half. */
const MOST_BYTES = 8 * 1024 * 1024;

/** What runs, and nothing else: the bundles, the host's settings, and a manifest that says where the bundles are. */
export async function packageFunctions(): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'vaultcast-package-'));
  try {
    await buildFunctions(join(folder, 'dist'));
    const files: Zippable = {
      'host.json': await readFile(join(root, 'host.json')),
      'package.json': strToU8(await manifest()),
    };
    for (const path of await filesBelow(folder)) files[path] = await readFile(join(folder, path));
    return zipSync(sorted(files), { level: 9, mtime: MTIME });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The host needs the kind of modules and where functions are; names of build tools are nobody's business there. */
async function manifest(): Promise<string> {
  const whole = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as Record<string, unknown>;
  const { name, version, license, type, main } = whole;
  return `${JSON.stringify({ name, version, license, type, main }, undefined, 2)}\n`;
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

function sorted(files: Zippable): Zippable {
  return Object.fromEntries(Object.entries(files).sort(([left], [right]) => (left < right ? -1 : 1)));
}

if (import.meta.main) {
  const zip = await packageFunctions();
  if (zip.length > MOST_BYTES) {
    console.error(
      `the package has ${zip.length} bytes, more than ${MOST_BYTES}: look what slipped into the bundles`,
    );
    process.exit(1);
  }
  await writeFile(join(root, 'vaultcast.zip'), zip);
  console.log(`vaultcast.zip: ${(zip.length / 1024).toFixed(0)} KiB`);
}
