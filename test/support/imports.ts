import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';

export interface Import {
  from: string;
  /** A path from the root for files of the project, else the package. */
  to: string;
  typeOnly: boolean;
}

const ROOT = resolve(import.meta.dirname, '../..');

/** The TypeScript files below a folder of the root, as paths from the root, sorted. */
export async function sourcesIn(folder: string): Promise<string[]> {
  const entries = await readdir(join(ROOT, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
    .sort();
}

const IMPORT =
  /^(?:import|export)\s+(?<type>type\s)?(?:[^'";]*?\sfrom\s+)?'(?<named>[^']+)'|\bimport\(\s*'(?<lazy>[^']+)'/gms;

export async function importsOf(file: string): Promise<Import[]> {
  const text = await readFile(join(ROOT, file), 'utf8');
  return [...text.matchAll(IMPORT)].map(({ groups = {} }) => {
    const to = groups['named'] ?? groups['lazy'] ?? '';
    const path = to.startsWith('.') ? relative(ROOT, resolve(ROOT, dirname(file), to)) : to;
    return { from: file, to: path, typeOnly: groups['type'] !== undefined };
  });
}

/** A floor: rooms (folders, or files) that stand side by side. */
export type Floor = readonly string[];

/** The room of a file: the longest of those named that it lies in. */
export function roomOf(file: string, floors: readonly Floor[]): string | undefined {
  const rooms = floors.flat().filter((room) => file === room || file.startsWith(`${room}/`));
  return rooms.toSorted((left, right) => right.length - left.length)[0];
}

/** Imports from one room into another that does not stand on a lower floor; types count. */
export function importsUp(imports: readonly Import[], floors: readonly Floor[]): string[] {
  const floorOf = (room: string | undefined): number =>
    floors.findIndex((floor) => room !== undefined && floor.includes(room));
  return imports
    .filter(({ from, to }) => {
      const [here, there] = [roomOf(from, floors), roomOf(to, floors)];
      return here !== there && there !== undefined && floorOf(here) >= floorOf(there);
    })
    .map(({ from, to }) => `${from} imports ${to}`);
}

/** Circles of imports, types included: each as the files that reach each other, sorted. */
export function circlesOf(imports: readonly Import[]): string[][] {
  const next = new Map<string, string[]>();
  for (const { from, to } of imports) next.set(from, [...(next.get(from) ?? []), to]);
  const reached = new Map([...next.keys()].map((file) => [file, reachedFrom(file, next)]));
  const reaches = (from: string, to: string): boolean => reached.get(from)?.has(to) === true;
  const circles = [...next.keys()]
    .filter((file) => reaches(file, file))
    .map((file) =>
      [...next.keys()].filter((other) => reaches(file, other) && reaches(other, file)).toSorted(),
    );
  return [...new Map(circles.map((circle) => [circle.join(), circle])).values()];
}

function reachedFrom(start: string, next: ReadonlyMap<string, readonly string[]>): Set<string> {
  const reached = new Set<string>();
  const open = [...(next.get(start) ?? [])];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    open.push(...(next.get(file) ?? []));
  }
  return reached;
}
