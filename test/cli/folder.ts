import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';

export interface Folder {
  path: string;
  /** Writes a file: text as it is, anything else as YAML documents. Gives its path. */
  file(name: string, content: string | readonly unknown[]): Promise<string>;
  read(name: string): Promise<string>;
  remove(): Promise<void>;
}

export async function aFolder(): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), 'vaultcast-'));
  return {
    path,
    async file(name, content) {
      const text =
        typeof content === 'string' ? content : content.map((document) => stringify(document)).join('---\n');
      await mkdir(dirname(join(path, name)), { recursive: true });
      await writeFile(join(path, name), text);
      return join(path, name);
    },
    read: (name) => readFile(join(path, name), 'utf8'),
    remove: () => rm(path, { recursive: true, force: true }),
  };
}
