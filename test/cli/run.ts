import { Readable, Writable } from 'node:stream';
import type { OpenRegistry } from '../../shared/cli/connect.ts';
import type { Io } from '../../shared/cli/io.ts';
import { main } from '../../shared/cli/main.ts';
import type { RegistryAdmin } from '../../shared/registry/admin.ts';

export interface Ran {
  code: number;
  out: string;
  err: string;
}

interface RunOptions extends Partial<Omit<Io, 'stdin' | 'stdout' | 'stderr'>> {
  registry?: RegistryAdmin;
  stdin?: string;
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

const nowhere: OpenRegistry = () => Promise.reject(new Error('no registry was given to this test'));

/** Runs one command line in this process. */
export async function run(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { registry, stdin = '', ...io } = options;
  const [out, err] = [sink(), sink()];
  const all: Io = {
    stdin: Readable.from(stdin === '' ? [] : [Buffer.from(stdin)]),
    stdout: out.stream,
    stderr: err.stream,
    interactive: false,
    colour: false,
    env: {},
    signal: new AbortController().signal,
    ...io,
  };
  const code = await main(args, all, registry === undefined ? nowhere : () => Promise.resolve(registry));
  return { code, out: out.text(), err: err.text() };
}
