import { Readable, Writable } from 'node:stream';
import { main } from '../../../shared/cli/main.ts';
import type { LocalStorage } from '../azurite/storage.ts';

/** A platform engineer with the command `vaultcast`. */
export interface Person {
  /** Runs a command line, without the program's name, and returns what it printed. Fails on exit codes other than 0. */
  vaultcast(args: readonly string[], stdin?: string): Promise<string>;
  /** Writes documents to the registry: `vaultcast apply`. */
  apply(yaml: string): Promise<string>;
}

function collector(chunks: string[]): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk.toString());
      done();
    },
  });
}

export function createPerson(
  { connectionString }: LocalStorage,
  env: Record<string, string> = { REGISTRY: connectionString },
): Person {
  const vaultcast: Person['vaultcast'] = async (args, stdin = '') => {
    const [printed, complained]: [string[], string[]] = [[], []];
    const code = await main(args, {
      stdin: Readable.from([Buffer.from(stdin)]),
      stdout: collector(printed),
      stderr: collector(complained),
      interactive: false,
      colour: false,
      width: undefined,
      env,
      signal: new AbortController().signal,
    });
    if (code !== 0) throw new Error(`vaultcast ${args.join(' ')} ended with ${code}: ${complained.join('')}`);
    return printed.join('');
  };
  return { vaultcast, apply: (yaml) => vaultcast(['apply', '-f', '-', '--yes'], yaml) };
}
