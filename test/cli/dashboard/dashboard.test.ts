import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable, Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { main } from '../../../shared/cli/main.ts';
import { writtenCluster } from '../../support/documents.ts';
import { run } from '../run.ts';
import { ask } from './visit.ts';
import { aWorld } from './world.ts';

/** A terminal in which somebody presses Ctrl-C once the address is printed and was opened. */
async function untilOpened(args: readonly string[]) {
  const world = await aWorld({ documents: [writtenCluster()] });
  const end = new AbortController();
  const [printed, noted]: [string[], string[]] = [[], []];
  const opened: number[] = [];
  const into = (texts: string[]) =>
    new Writable({
      write(chunk: Buffer, _, done) {
        texts.push(chunk.toString());
        done();
      },
    });
  const stdout = new Writable({
    write(chunk: Buffer, _, done) {
      printed.push(chunk.toString());
      done();
      void ask(new URL(chunk.toString().trim()))
        .then(({ status }) => opened.push(status))
        .finally(() => end.abort());
    },
  });
  const io = {
    stdin: Readable.from([]),
    stdout,
    stderr: into(noted),
    interactive: false,
    colour: false,
    env: { REGISTRY: 'UseDevelopmentStorage=true' },
    signal: end.signal,
  };
  const code = await main(args, io, world.connections);
  return { code, printed: printed.join(''), noted: noted.join(''), opened };
}

describe('vaultcast dashboard', () => {
  it('prints an address that opens, and ends with Ctrl-C', async () => {
    const { code, printed, noted, opened } = await untilOpened(['dashboard', '--no-open']);

    expect(printed).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{32}\n$/);
    expect(opened).toEqual([200]);
    expect(code).toBe(130);
    expect(noted).toBe('Open it. End it with Ctrl-C.\n');
    await expect(ask(new URL(printed.trim()))).rejects.toThrow('ECONNREFUSED');
  });

  it('says that a port is taken, and by which flag another one is given', async () => {
    const world = await aWorld({});
    const other = createServer();
    await new Promise<void>((resolve) => void other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;

    const env = { REGISTRY: 'UseDevelopmentStorage=true' };
    const ran = await run(['dashboard', '--no-open', '--port', String(port)], { ...world, env });
    await new Promise((resolve) => other.close(resolve));

    expect(ran).toEqual({
      code: 1,
      out: '',
      err: `Error: 127.0.0.1:${port} cannot be used: EADDRINUSE\nGive another one: --port 0 takes any.\n`,
    });
  });

  it.each(['x', '65536', '-1'])('refuses port %s as a wrong command line', async (port) => {
    expect((await run(['dashboard', '--port', port])).code).toBe(64);
  });

  it('says as other commands do that nothing tells where the registry is, before it serves anything', async () => {
    const said = async (command: string) =>
      (await run([command, ...(command === 'get' ? ['routes'] : [])], { real: true })).err;

    expect(await run(['dashboard', '--no-open'], { real: true })).toMatchObject({ code: 64, out: '' });
    expect(await said('dashboard')).toBe(await said('get'));
  });
});
