import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Code } from '../../../shared/errors.ts';
import type { Output } from '../../../shared/output/json-schema.ts';
import { run } from '../../cli/run.ts';
import type { Ran } from '../../cli/run.ts';
import { entriesOf } from '../../infra/markdown.ts';
import { commandLines } from './commands.ts';
import { confirmed } from './confirm.ts';
import type { Rotation } from '../../local/stack/events.ts';
import { eventually } from '../../local/stack/eventually.ts';
import type { LogLine } from '../../local/stack/log.ts';
import type { Stack } from '../../local/stack/start.ts';
import { rowsOf } from '../../local/stack/storage.ts';
import { routeYaml } from '../../local/stack/tenancy.ts';
import type { Fault } from '../../local/network/faults.ts';
import type { KubernetesStandIn } from '../../local/kubernetes/api-server.ts';

const RUNBOOK = entriesOf(readFileSync(join(import.meta.dirname, '../../../infra/runbook.md'), 'utf8'));
const WAIT_MS = 20_000;

/** Where a code is provoked: a namespace, a route and a secret of its own, and what people can do there. */
export interface Lab {
  stack: Stack;
  code: Code;
  /** `not-accepted`: of its namespace, its route, and the first segment of its secrets. */
  name: string;
  /** `not-accepted--pg--password`, which becomes `not-accepted/pg`. */
  secret: string;
  cluster: string;
  api: KubernetesStandIn;
  /** A new version, and its event. */
  rotate(value?: string): Promise<Rotation>;
  /** Delivers a first version, before anything goes wrong. */
  deliver(): Promise<unknown>;
  /** What its API server does to all requests, or those of the namespace; ends with what is returned. */
  inject(fault: Fault, where?: 'everywhere' | 'in-namespace' | 'on-write'): () => void;
  /** A command line that the runbook's entry of the code has, word for word, with the names filled in. */
  runbook(command: string): Promise<Ran>;
  /** Any other command of a person. */
  vaultcast(...args: string[]): Promise<Ran>;
  /** What the command lines and queries under Confirm give, one after the other. */
  confirm(): Promise<string>;
  /** Applies the route with these fields over its own. */
  route(changes: Record<string, unknown>): Promise<string>;
  /** The first line with the code that names these. */
  line(about: Partial<LogLine>): Promise<LogLine>;
  row(): Promise<Record<string, unknown> | undefined>;
  problems(): Promise<Output<'Problem'>[]>;
}

export interface LabOptions {
  cluster: string;
  spec: Record<string, unknown>;
}

export const labelOf = (code: Code): string => code.toLowerCase().replaceAll('_', '-');

/** What entries name in capitals. */
function filled(command: string, lab: Pick<Lab, 'name' | 'secret' | 'cluster'>): string {
  const words: Record<string, string> = {
    // Where several vaults are served, a name alone may not tell which one is meant.
    SECRET: command.includes('--secret') ? lab.secret : `team/${lab.secret}`,
    CLUSTER: lab.cluster,
    ROUTE: lab.name,
    NAMESPACE: lab.name,
  };
  return command.replaceAll(/\b[A-Z]{4,}\b/g, (word) => words[word] ?? word);
}

/** With the person's own rights on vaults for what looks into them, and on tables and queues for the rest. */
async function execute({ stack }: Pick<Lab, 'stack'>, args: readonly string[]): Promise<Ran> {
  const { connectionString } = stack.storage;
  if (args[0] === 'explain' || args[0] === 'render') {
    const { code, printed, complained } = await stack.ask(args);
    return { code, out: printed, err: complained };
  }
  return run(args, {
    real: true,
    env: { REGISTRY: connectionString, AzureWebJobsStorage: connectionString },
  });
}

/** What was logged of a lab instead. */
function saidOf(stack: Stack, { name }: Pick<Lab, 'name'>): string {
  const own = stack
    .lines()
    .filter((line) => line.namespace === name || line.secret?.startsWith(`${name}--`) === true);
  return own.map(({ code, message }) => `${code}: ${message}`).join('\n');
}

export function labFor(stack: Stack, code: Code, { cluster, spec }: LabOptions): Lab {
  const name = labelOf(code);
  const secret = `${name}--pg--password`;
  const entry = RUNBOOK.get(code) ?? '';
  const names = { name, secret, cluster };
  const api = stack.cluster(cluster);
  const runbook: Lab['runbook'] = (command) => {
    expect(commandLines(entry).map(({ text }) => text)).toContain(command);
    return execute({ stack }, filled(command, names).split(' ').slice(1));
  };
  const rotate: Lab['rotate'] = (value = `${secret} ${Date.now()}`) => stack.rotate(secret, value);
  const row: Lab['row'] = async () =>
    (await rowsOf(stack.storage, 'Targets')).find(
      ({ partitionKey, rowKey }) => partitionKey === cluster && rowKey === `${name}:pg`,
    );
  return {
    stack,
    code,
    ...names,
    api,
    rotate,
    runbook,
    row,
    deliver: async () => {
      const { version } = await rotate();
      await eventually(async () => {
        const { state, sources } = (await row()) ?? {};
        // Of this event, and not of one about another of its sources.
        return state === 'synced' && String(sources).includes(version);
      }, WAIT_MS);
    },
    inject: (fault, where = 'everywhere') =>
      api.server.inject({
        fault,
        when: ({ method, path }) =>
          where === 'everywhere' ||
          (path.includes(`/namespaces/${name}`) && (where === 'in-namespace' || method === 'PUT')),
      }),
    vaultcast: (...args) => execute({ stack }, args),
    confirm: () => confirmed(entry, { stack, code, ...names, runbook }),
    route: (changes) =>
      stack.vaultcast(
        ['apply', '-f', '-', '--yes', '--allow-collisions'],
        routeYaml(name, { ...spec, ...changes }),
      ),
    line: (about) =>
      eventually(() => {
        const isIt = (line: LogLine): boolean =>
          Object.entries(about).every(([key, value]) => line[key as keyof LogLine] === value);
        const found = stack.lines().find((line) => line.code === code && isIt(line));
        if (found === undefined) throw new Error(`no ${code}; said was: ${saidOf(stack, names)}`);
        return found;
      }, WAIT_MS),
    problems: async () => {
      const { out } = await execute({ stack }, ['get', 'problems', '-o', 'json']);
      return (JSON.parse(out) as { items: Output<'Problem'>[] }).items;
    },
  };
}
