import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { QUEUES } from '../../shared/adapters/storage/queue.ts';
import { TABLES } from '../../shared/adapters/storage/readiness.ts';

const FUNCTIONS = join(import.meta.dirname, '../../functions');

/** A file of functions/, and what wakes it. */
export interface Trigger {
  /** Without its ending: `on-vault-event`. */
  name: string;
  /** As @azure/functions calls it: `eventGrid`, `storageQueue`, `timer`, `http`. */
  kind: string;
  /** Of a queue: its name; of several, what they have in common: `*-poison`. */
  queue?: string;
}

/** What the picture shows of this tree; all the rest of it is the world around, which no file here names. */
export interface Parts {
  triggers: readonly Trigger[];
  queues: readonly string[];
  tables: readonly string[];
}

/** Reads the tree. Throws Error for a file of functions/ that registers nothing. */
export async function readParts(): Promise<Parts> {
  const files = (await readdir(FUNCTIONS)).filter((file) => file.endsWith('.ts')).toSorted();
  const triggers = await Promise.all(
    files.map(async (file) => triggerIn(file, await readFile(join(FUNCTIONS, file), 'utf8'))),
  );
  return { triggers, queues: QUEUES.filter((name) => !name.endsWith('-poison')), tables: TABLES };
}

function triggerIn(file: string, source: string): Trigger {
  const kind = /^\s*app\.(\w+)\(/m.exec(source)?.[1];
  if (kind === undefined) throw new Error(`functions/${file} registers no function`);
  const queue = /queueName: ['`]([^'`]+)['`]/.exec(source)?.[1]?.replaceAll(/\$\{\w+\}/g, '*');
  return { name: file.replace(/\.ts$/, ''), kind, ...(queue === undefined ? {} : { queue }) };
}
