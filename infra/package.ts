import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { zipSync } from 'fflate';
import { APP, stageApp } from './stage.ts';

/** Files of a ZIP carry a date; the same sources must give the same bytes. The earliest date a ZIP can hold. */
const MTIME = new Date(1980, 0, 1);

/** Larger means that something slipped in: bundles and their maps take about half. */
const MOST_BYTES = 8 * 1024 * 1024;

/** A ZIP of every file below the folder, whose bytes depend on their names and contents only. */
export async function zipFolder(folder: string): Promise<Uint8Array> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'));
  const read = names.toSorted().map(async (name) => [name, await readFile(join(folder, name))] as const);
  return zipSync(Object.fromEntries(await Promise.all(read)), { level: 9, mtime: MTIME });
}

if (import.meta.main) {
  await stageApp(APP);
  const zip = await zipFolder(APP);
  if (zip.length > MOST_BYTES) {
    console.error(
      `the package has ${zip.length} bytes, more than ${MOST_BYTES}: look what slipped into the bundles`,
    );
    process.exit(1);
  }
  await writeFile(join(import.meta.dirname, '../vaultcast.zip'), zip);
  console.log(`vaultcast.zip: ${(zip.length / 1024).toFixed(0)} KiB`);
}
