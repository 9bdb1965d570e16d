import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';

const PACKAGE = new URL('fixtures/vaultcast-0.1.0.zip', import.meta.url);

/** Unpacks the deployed package of version 0.1.0 into a folder of its own, which the caller removes; returns that folder. */
export function unpackEarlierApp(): string {
  const folder = mkdtempSync(join(tmpdir(), 'vaultcast-0.1.0-'));
  for (const [name, bytes] of Object.entries(unzipSync(readFileSync(PACKAGE)))) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
  return folder;
}
