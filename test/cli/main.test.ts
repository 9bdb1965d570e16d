import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../shared/cli/commands.ts';
import { VaultcastError } from '../../shared/errors.ts';
import { fakeRegistry } from '../support/fakes/registry.ts';
import { run } from './run.ts';

const SECRET_KEY = 'c2VjcmV0LWtleQ==';
const CONNECTION = `DefaultEndpointsProtocol=https;AccountName=team;AccountKey=${SECRET_KEY}`;

describe('vaultcast', () => {
  it('prints commands, examples and exit codes with --help, and its version with --version', async () => {
    const help = await run(['--help']);
    const version = await run(['--version']);

    expect(help).toMatchObject({ code: 0, err: '' });
    for (const word of [
      'apply',
      'get',
      'delete',
      'schema',
      'completion',
      'Examples:',
      'Exit codes:',
      'REGISTRY',
    ])
      expect(help.out).toContain(word);
    expect(version).toEqual({ code: 0, out: '0.0.0-source\n', err: '' });
    expect((await run(['apply', '--help'])).out).toContain('--dry-run');
  });

  it.each(COMMANDS.filter(({ hidden }) => hidden !== true))(
    'shows $name with its summary in the help, and in the help of its own',
    async ({ name, summary }) => {
      const words = (text: string) => text.replaceAll(/\s+/g, ' ');
      const overview = await run(['--help']);
      const own = await run([name, '--help']);

      expect(words(overview.out)).toContain(summary);
      expect(own).toMatchObject({ code: 0, err: '' });
      expect(words(own.out)).toMatch(new RegExp(`^Usage: vaultcast ${name} `));
      expect(words(own.out)).toContain(summary);
      expect(await run(['help', name])).toEqual(own);
    },
  );

  it('suggests the closest command for a mistyped one, and exits with 64', async () => {
    expect(await run(['aply'])).toMatchObject({
      code: 64,
      err: expect.stringContaining('Did you mean apply?'),
    });
    expect((await run([])).code).toBe(64);
  });

  it('prints the JSON Schema of registry documents with schema', async () => {
    const ran = await run(['schema']);

    expect(ran.code).toBe(0);
    expect(JSON.parse(ran.out)).toMatchObject({ oneOf: [{ type: 'object' }, { type: 'object' }] });
  });

  it('says what failed and what to do, and shows a stack only with VAULTCAST_DEBUG=1', async () => {
    const registry = fakeRegistry();
    registry.before = () =>
      Promise.reject(new VaultcastError('TOKEN_UNAVAILABLE', 'no token for table Routes'));

    const ran = await run(['get', 'routes'], { registry });
    const debugged = await run(['get', 'routes'], { registry, env: { VAULTCAST_DEBUG: '1' } });

    expect(ran).toEqual({
      code: 1,
      out: '',
      err: 'Error: Azure gave no token\nSign in first, for example with: az login\n',
    });
    expect(debugged.err).toContain('    at ');
  });

  it('does not repeat the message of an unexpected error, because SDKs quote their input', async () => {
    const registry = fakeRegistry();
    registry.before = () => Promise.reject(new TypeError(`bad ${CONNECTION}`));

    const ran = await run(['get', 'routes'], { registry });

    expect(ran.code).toBe(1);
    expect(ran.err).toContain('unexpected TypeError');
    expect(ran.err).not.toContain(SECRET_KEY);
  });

  it('exits with 130 when it is interrupted', async () => {
    const ran = await run(['get', 'routes'], { registry: fakeRegistry(), signal: AbortSignal.abort() });

    expect(ran).toMatchObject({ code: 130, err: 'Interrupted.\n' });
  });

  it('colours its output only when the terminal takes colours', async () => {
    const cluster = JSON.stringify({
      apiVersion: 'vaultcast.dev/v1',
      kind: 'Cluster',
      metadata: { name: 'weu-1' },
      spec: { server: 'https://x', credential: { token: { secret: 'x' } } },
    });
    const apply = (colour: boolean) =>
      run(['apply', '-f', '-', '--dry-run'], { registry: fakeRegistry(), colour, stdin: cluster });

    expect((await apply(true)).out).toContain('\u001b[32m+ create');
    expect((await apply(false)).out).not.toContain('\u001b');
  });
});
