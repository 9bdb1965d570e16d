import type { Command } from 'commander';
import { readQueues } from '../../config/storage.ts';
import type { StorageSetting } from '../../config/storage.ts';
import type { Queue } from '../../ports.ts';
import { CliError } from '../terminal/failure.ts';
import type { Io } from '../terminal/io.ts';
import { EXIT } from '../terminal/io.ts';
import { asPerson } from './open.ts';

export interface QueueOptions {
  storage?: string;
}

/** Commands ask the app for work; the queue `push` is the app's own. */
export type WorkQueue = Pick<Queue, 'reconcile'>;
export type OpenQueue = (options: QueueOptions, io: Io) => Promise<WorkQueue>;

const SETTING = 'AzureWebJobsStorage';
const FLAG = '--storage';
const ADVICE = `Give --storage with the name of the app's storage account, the URL of its queue service or a connection
string, or set ${SETTING}__queueServiceUri, ${SETTING}__accountName or ${SETTING}.`;

export function withQueue(command: Command): Command {
  return command.option(
    '--storage <account>',
    "the app's storage account with its queues: its name, URL of the queue service, or connection string",
  );
}

function flagSettings(storage: string): Io['env'] {
  if (/^https?:/i.test(storage)) return { [`${FLAG}__queueServiceUri`]: storage };
  return { [/^[a-z0-9]{3,24}$/.test(storage) ? `${FLAG}__accountName` : FLAG]: storage };
}

/** Flags win over the environment, as everywhere. Throws CliError when neither tells. */
export function queueConnectionOf({ storage }: QueueOptions, env: Io['env']): StorageSetting {
  const given = storage === undefined ? readQueues(env, SETTING) : readQueues(flagSettings(storage), FLAG);
  if (!('problems' in given)) return given;
  const message = given.problems.join('; ').replaceAll(/--storage__\w+/g, FLAG);
  throw new CliError(message, ADVICE, EXIT.usage);
}

const TIMEOUT_MS = 30_000;

export const openQueue: OpenQueue = async (options, { env }) => {
  const connection = queueConnectionOf(options, env);
  const { createQueue } = await import('../../adapters/storage/queue.ts');
  return createQueue({ connection: await asPerson(connection), timeoutMs: TIMEOUT_MS });
};
