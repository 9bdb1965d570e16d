import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { namespaceManifests } from '../namespace.ts';
import { CliError } from '../terminal/failure.ts';
import { yamlText } from '../terminal/print.ts';
import type { ImportPlan } from './plan.ts';

/** Relative path -> content: a file of routes and one of consent for each namespace, and the report. */
export function filesOf(plan: ImportPlan, user: string | undefined, report: string): Map<string, string> {
  const files = new Map<string, string>([['report.txt', `${report}\n`]]);
  const byPlace = Map.groupBy(plan.routes, ({ draft }) =>
    draft.namespaces.length === 1 ? (draft.namespaces[0] ?? '') : 'several-namespaces',
  );
  for (const [place, routes] of byPlace)
    files.set(`registry/${place}.yaml`, `${yamlText(routes.map(({ written }) => written))}\n`);
  for (const { namespace, accept } of plan.consents.filter(({ given, accept }) => !given && accept !== ''))
    files.set(`consent/${namespace}.yaml`, `${yamlText(namespaceManifests(namespace, accept, user))}\n`);
  return files;
}

/** Writes into a folder that is new or empty: what somebody corrected there must not be lost. Throws CliError. */
export async function writeFiles(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  const found = await readdir(folder).catch(() => []);
  if (found.length > 0)
    throw new CliError(`${folder} is not empty`, 'Choose another folder with --write, or empty this one.');
  for (const [path, content] of files) {
    const file = join(folder, path);
    await mkdir(join(file, '..'), { recursive: true });
    await writeFile(file, content);
  }
}
