import { dirname, relative, sep } from 'node:path';
import { DELIMITER } from '../../names.ts';
import type { RegistryDocument } from '../../registry/document.ts';
import type { Finding } from '../../registry/problem.ts';

/** The folder of a team may hold no Cluster: whoever adds one with the right labels sends secrets there. */
const CLUSTERS = 'clusters';

/**
 * What stands in the folder of somebody else. CODEOWNERS give a folder to the people who own a prefix, and cannot see which
 * prefix a route in it has. `roots`: the folders that were given; what stands in none of their folders is nobody's.
 */
export function folderJudgements(
  { file, line }: Finding['place'],
  document: RegistryDocument,
  roots: readonly string[],
) {
  const folder = folderOf(file, roots);
  const message = folder === undefined ? undefined : strangeIn(folder, document);
  if (message === undefined) return [];
  const { kind, metadata } = document;
  return [
    {
      level: 'error' as const,
      rule: 'folder',
      document: `${kind} ${metadata.name}`,
      place: `${file}:${line}`,
      ...(kind === 'Route' ? { field: 'spec.prefix' } : {}),
      message,
    },
  ];
}

/** The first folder below the one that was given. */
function folderOf(file: string, roots: readonly string[]): string | undefined {
  const below = roots.map((root) => relative(root, dirname(file)));
  return below.find((path) => path !== '' && path !== '..' && !path.startsWith(`..${sep}`))?.split(sep)[0];
}

function strangeIn(folder: string, document: RegistryDocument): string | undefined {
  const own = `${folder.toLowerCase()}${DELIMITER}`;
  if (document.kind === 'Cluster')
    return folder === CLUSTERS
      ? undefined
      : `a Cluster belongs into the folder ${CLUSTERS}, or beside the folders: it may receive the secrets of everybody`;
  const { prefix } = document.spec;
  if (prefix.startsWith(own)) return undefined;
  const what = prefix === '' ? 'it takes every secret' : `${prefix} is not of ${own}`;
  return `${what}: this folder is of those who own ${own}`;
}
