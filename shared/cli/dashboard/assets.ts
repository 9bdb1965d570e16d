import { readFile } from 'node:fs/promises';
import { CliError } from '../terminal/failure.ts';

/** What infra/build.ts puts beside the command, and nothing else. */
const ASSETS: Readonly<Record<string, { file: string; type: string }>> = {
  '': { file: 'index.html', type: 'text/html; charset=utf-8' },
  'page.js': { file: 'page.js', type: 'text/javascript; charset=utf-8' },
  'page.css': { file: 'page.css', type: 'text/css; charset=utf-8' },
  'icon.svg': { file: 'icon.svg', type: 'image/svg+xml' },
  'runbook.json': { file: 'runbook.json', type: 'application/json; charset=utf-8' },
};

/** The sources have no page of their own: they take the one that was built last. */
const FOLDER = new URL(
  import.meta.url.endsWith('.ts') ? '../../../dist/cli/dashboard/' : '../dashboard/',
  import.meta.url,
);

/** The files of the page by path, each as it is replied. Throws CliError when the page was not built. */
export async function assetsAt(folder = FOLDER) {
  const read = Object.entries(ASSETS).map(async ([path, { file, type }]) => {
    return [path, { status: 200, type, body: await readFile(new URL(file, folder)) }] as const;
  });
  try {
    return new Map(await Promise.all(read));
  } catch {
    throw new CliError('the page is missing beside the command', 'In a clone: npm run build');
  }
}
