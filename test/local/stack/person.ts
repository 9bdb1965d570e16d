import { Readable, Writable } from 'node:stream';
import type { Context } from '../../../shared/cli/command.ts';
import { main } from '../../../shared/cli/main.ts';
import type { LocalStorage } from '../azurite/storage.ts';

/** A platform engineer with the command `vaultcast`. */
export interface Person {
  /** Runs a command line, without the program's name, and returns what it printed. Fails on exit codes other than 0. */
  vaultcast(args: readonly string[], stdin?: string): Promise<string>;
  /** The same, but says how it ended: what somebody asks for may well be no good news. */
  ask(
    args: readonly string[],
    stdin?: string,
  ): Promise<{ code: number; printed: string; complained: string }>;
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

/** `openVault`: with the person's own sign-in; without it there is none. */
export function createPerson(
  { connectionString }: LocalStorage,
  env: Record<string, string> = { REGISTRY: connectionString },
  openVault?: Context['openVault'],
): Person {
  const ask: Person['ask'] = async (args, stdin = '') => {
    const [printed, complained]: [string[], string[]] = [[], []];
    const code = await main(
      args,
      {
        stdin: Readable.from([Buffer.from(stdin)]),
        stdout: collector(printed),
        stderr: collector(complained),
        interactive: false,
        colour: false,
        width: undefined,
        env,
        signal: new AbortController().signal,
      },
      openVault && { openVault },
    );
    return { code, printed: printed.join(''), complained: complained.join('') };
  };
  const vaultcast: Person['vaultcast'] = async (args, stdin) => {
    const { code, printed, complained } = await ask(args, stdin);
    if (code !== 0) throw new Error(`vaultcast ${args.join(' ')} ended with ${code}: ${complained}`);
    return printed;
  };
  return { vaultcast, ask, apply: (yaml) => vaultcast(['apply', '-f', '-', '--yes'], yaml) };
}
