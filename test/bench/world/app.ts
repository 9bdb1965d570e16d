import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CODES } from '../../../shared/errors.ts';
import { startHost } from '../../local/functions-host/client.ts';
import { outcomesIn, type LogLine } from '../../local/stack/log.ts';
import { childrenOf } from './usage.ts';

/**
 * The built app, a process for each scale group as on Flex Consumption. All that the benchmark knows of the local
 * Functions host stands in this file.
 */
export interface App {
  /** Sends one event to group `http`; the status of the answer. */
  deliver(event: unknown): Promise<number>;
  /** Starts a function of a timer or a queue by hand, and with it the process of its group. */
  run(functionName: Exclude<Trigger, 'on-vault-event'>, message?: object): Promise<void>;
  /** The outcomes logged since the last call, by all groups. */
  outcomes(): LogLine[];
  /**
   * Of the processes that run the app's code; that of a group is started by its first trigger. Rejects when one of them
   * crashed: figures of processes that are gone are not known.
   */
  pids(): Promise<number[]>;
  stop(): Promise<void>;
}

/** What starts work here. */
const TRIGGERS = ['on-vault-event', 'push-retry', 'reconcile-shard', 'reconcile-timer'] as const;

export type Trigger = (typeof TRIGGERS)[number];

export interface AppOptions {
  /** The app settings. */
  settings: Readonly<Record<string, string>>;
  /** The functions that are not disabled. */
  functions: readonly Trigger[];
}

/** What the host says when the code of a group has ended without being told to. */
const CRASH = 'Language Worker Process exited';
const DNS = pathToFileURL(join(import.meta.dirname, '../../local/network/dns.mjs')).href;

export async function startApp({ settings, functions }: AppOptions): Promise<App> {
  const others = TRIGGERS.filter((name) => !functions.includes(name));
  const disabled = Object.fromEntries(others.map((name) => [`AzureWebJobs.${name}.Disabled`, 'true']));
  let crashes = 0;
  const host = await startHost({
    env: { ...settings, ...disabled, NODE_OPTIONS: `--import ${DNS}` },
    onLine: (line) => void (crashes += line.startsWith(CRASH) ? 1 : 0),
  });
  return {
    deliver: async (event) => (await host.deliver('on-vault-event', [event])).status,
    async run(name, message) {
      const status = await host.run(name, message);
      if (status !== 202) throw new Error(`the host answered ${status} when ${name} was started`);
    },
    outcomes: () => outcomesIn(host.lines.splice(0)),
    async pids() {
      if (crashes > 0) throw new Error(`${crashes} processes of the app crashed`);
      return childrenOf(host.pid);
    },
    stop: async () => void (await host.stop()),
  };
}

/** Outcomes that count against a cluster, and those of targets that wait because of them. */
export const blaming = (lines: readonly LogLine[]): LogLine[] =>
  lines.filter(({ code }) => CODES[code].cluster === 'failing' || code === 'CLUSTER_BACKOFF');

/** How many there are of each code. */
export const byCode = (lines: readonly LogLine[]): Record<string, number> =>
  Object.fromEntries([...Map.groupBy(lines, ({ code }) => code)].map(([code, { length }]) => [code, length]));
