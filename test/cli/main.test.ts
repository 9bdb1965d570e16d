import { describe, expect, it } from 'vitest';
import { VaultcastError } from '../../shared/errors.ts';
import { registrySetting } from '../../shared/cli/connect/settings.ts';
import { fakeRegistry } from '../support/fakes/registry.ts';
import { run } from './run.ts';

const SECRET_KEY = 'c2VjcmV0LWtleQ==';
const CONNECTION = `DefaultEndpointsProtocol=https;AccountName=team;AccountKey=${SECRET_KEY}`;

describe('vaultcast', () => {
  it('helps, with examples and exit codes, and says its version', async () => {
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

  it('guesses what a mistyped command means', async () => {
    expect(await run(['aply'])).toMatchObject({
      code: 64,
      err: expect.stringContaining('Did you mean apply?'),
    });
    expect((await run([])).code).toBe(64);
  });

  it('prints the JSON Schema', async () => {
    const ran = await run(['schema']);

    expect(ran.code).toBe(0);
    expect(JSON.parse(ran.out)).toMatchObject({ oneOf: [{ type: 'object' }, { type: 'object' }] });
  });

  it('says what failed and what to do, without a stack unless asked', async () => {
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

  it('does not repeat what an unexpected error says: SDKs quote their input', async () => {
    const registry = fakeRegistry();
    registry.before = () => Promise.reject(new TypeError(`bad ${CONNECTION}`));

    const ran = await run(['get', 'routes'], { registry });

    expect(ran.code).toBe(1);
    expect(ran.err).toContain('unexpected TypeError');
    expect(ran.err).not.toContain(SECRET_KEY);
  });

  it('ends with 130 when it is interrupted', async () => {
    const ran = await run(['get', 'routes'], { registry: fakeRegistry(), signal: AbortSignal.abort() });

    expect(ran).toMatchObject({ code: 130, err: 'Interrupted.\n' });
  });

  it('colours only where that was found fit', async () => {
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

describe('the connection of a command', () => {
  it('comes from a flag before the environment', () => {
    const env = { REGISTRY__tableServiceUri: 'https://env.table.core.windows.net' };

    expect(registrySetting({}, env)).toEqual({ serviceUri: env.REGISTRY__tableServiceUri });
    expect(registrySetting({ registryAccount: 'flag' }, env)).toEqual({
      serviceUri: 'https://flag.table.core.windows.net',
    });
    expect(registrySetting({ registry: 'https://x.table.core.chinacloudapi.cn' }, env)).toEqual({
      serviceUri: 'https://x.table.core.chinacloudapi.cn',
    });
    expect(registrySetting({ registry: CONNECTION }, env)).toEqual({ connectionString: CONNECTION });
    expect(registrySetting({}, { REGISTRY: CONNECTION })).toEqual({ connectionString: CONNECTION });
  });

  it.each([
    ['nothing at all', {}, {}],
    ['two flags', { registry: CONNECTION, registryAccount: 'x' }, {}],
    ['an account that is no account', { registryAccount: 'evil.example.com/' }, {}],
    ['plain http', { registry: 'http://x.table.core.windows.net' }, {}],
    ['a SAS in the URL', { registry: 'https://x.table.core.windows.net?sig=abc' }, {}],
    ['neither URL nor connection string', { registry: 'myregistry' }, {}],
    ['plain http to another machine', { registry: CONNECTION.replace('https', 'http') }, {}],
    ['a connection string the SDK does not take', { registry: `AccountName=a;AccountKey=${SECRET_KEY}` }, {}],
    ['half a connection string', { registry: `AccountKey=${SECRET_KEY}` }, {}],
    ['half a connection string in the environment', {}, { REGISTRY: `AccountKey=${SECRET_KEY}` }],
  ])('is refused: %s', (_, flags, env) => {
    expect(() => registrySetting(flags, env)).toThrow(expect.objectContaining({ exitCode: 64 }));
    expect(() => registrySetting(flags, env)).not.toThrow(SECRET_KEY);
  });
});
