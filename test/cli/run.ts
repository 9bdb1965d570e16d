import { Readable, Writable } from 'node:stream';
import type { Arm } from '../../shared/cli/connect/arm.ts';
import type { CONNECTIONS } from '../../shared/cli/connect/open.ts';
import { CliError } from '../../shared/cli/terminal/failure.ts';
import type { Io } from '../../shared/cli/terminal/io.ts';
import { main } from '../../shared/cli/main.ts';
import type { Ports } from '../../shared/ports.ts';
import type { RegistryAdmin } from '../../shared/registry/admin.ts';

export interface Ran {
  code: number;
  out: string;
  err: string;
}

type Endpoints = Awaited<ReturnType<(typeof CONNECTIONS)['openEndpoints']>>;

export interface RunOptions extends Partial<Omit<Io, 'stdin' | 'stdout'>> {
  registry?: RegistryAdmin;
  status?: Pick<Ports['status'], 'target' | 'targets' | 'runs' | 'backOffs'>;
  /** By cluster; default: none was looked up. */
  endpoints?: Readonly<Record<string, Awaited<ReturnType<Endpoints['read']>>>>;
  queue?: Pick<Ports['queue'], 'reconcile'>;
  vault?: Ports['vault'];
  arm?: Arm;
  stdin?: string;
  /** Everything is opened as the environment says, as the command itself does. */
  real?: boolean;
}

function sink(): { stream: Writable; text: () => string } {
  const chunks: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _, done) {
      chunks.push(chunk.toString('utf8'));
      done();
    },
  });
  return { stream, text: () => chunks.join('') };
}

const nowhere = (what: string) => () => Promise.reject(new CliError(`this test has no ${what}`, 'none'));
const given = <T>(what: string, thing: T | undefined) =>
  thing === undefined ? nowhere(what) : () => Promise.resolve(thing);

/** Runs one command line in this process. */
export async function run(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { registry, status, endpoints = {}, queue, vault, arm, stdin = '', real = false, ...io } = options;
  const [out, err] = [sink(), sink()];
  const all: Io = {
    stdin: Readable.from(stdin === '' ? [] : [Buffer.from(stdin)]),
    stdout: out.stream,
    stderr: err.stream,
    interactive: false,
    colour: false,
    width: undefined,
    env: {},
    signal: new AbortController().signal,
    ...io,
  };
  const connections: typeof CONNECTIONS = {
    openRegistry: given('registry', registry),
    openStatus: given('status tables', status),
    openEndpoints: () => Promise.resolve({ read: (cluster) => Promise.resolve(endpoints[cluster]) }),
    openQueue: given('queue', queue),
    openVault: given('vault', vault),
    openArm: given('Azure', arm),
    pollMs: 5,
  };
  const code = await main(args, all, real ? { pollMs: 200 } : connections);
  return { code, out: out.text(), err: err.text() };
}
