import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { runbookIn } from './runbook.ts';

const root = join(import.meta.dirname, '../..');
const page = 'shared/cli/dashboard/page';

/** Browsers of the last two years. */
const BROWSERS = ['chrome123', 'edge123', 'firefox120', 'safari17.5'];

/** The page of `vaultcast dashboard`, a folder beside the command: read by nobody who does not ask for it. */
export async function buildPage(outdir: string): Promise<void> {
  await mkdir(outdir, { recursive: true });
  await build({
    absWorkingDir: root,
    outdir,
    entryPoints: [
      { in: `${page}/main.tsx`, out: 'page' },
      { in: `${page}/page.css`, out: 'page' },
    ],
    bundle: true,
    platform: 'browser',
    target: BROWSERS,
    format: 'esm',
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
  });
  for (const file of ['index.html', 'icon.svg']) await copyFile(join(root, page, file), join(outdir, file));
  const runbook = runbookIn(await readFile(join(root, 'infra/runbook.md'), 'utf8'));
  await writeFile(join(outdir, 'runbook.json'), JSON.stringify(runbook));
}
