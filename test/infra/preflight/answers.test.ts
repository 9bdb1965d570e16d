import { describe, expect, it } from 'vitest';
import type { RunAz } from '../../../infra/az/run.ts';
import { preflight } from '../../../infra/preflight/preflight.ts';
import { az } from '../az/stand-in.ts';
import { aWorld } from '../az/world.ts';
import { parameters, SUBSCRIPTION } from '../deployed.ts';
import { runIn } from './asked.ts';

describe('the preflight', () => {
  it.each(['missing', 'slow'] as const)('says once that az is %s', async (ended) => {
    const run: RunAz = () => Promise.resolve({ ended, status: 1, stdout: '', stderr: '' });
    const { findings } = await preflight(run, parameters(), {});
    expect(findings).toHaveLength(1);
  });

  it.each([
    ['nothing', ''],
    ['half of its JSON', '{"location": "westeu'],
    ['something else', '{"location": "westeurope"}'],
    ['a warning in the place of JSON', 'WARNING: You have 2 updates available.'],
  ])('names the question to which az prints %s', async (_, stdout) => {
    const run: RunAz = (args) =>
      args.join(' ').includes('vaults/kv-team?')
        ? Promise.resolve({ ended: 'done', status: 0, stdout, stderr: '' })
        : runIn(aWorld())(args);
    const { findings } = await preflight(run, parameters(), {});
    expect(findings.map(({ text }) => text)).toEqual([
      expect.stringMatching(/^vault kv-team: the question failed: its answer is not understood/),
    ]);
  });

  it('quotes what az says is wrong, and not its warnings', async () => {
    const stderr = 'WARNING: Command group is in preview.\nERROR: (TooManyRequests) Try again later.\n';
    const run: RunAz = (args) =>
      args.join(' ').includes('systemTopics')
        ? Promise.resolve({ ended: 'done', status: 1, stdout: '', stderr })
        : runIn(aWorld())(args);
    const { findings } = await preflight(run, parameters(), {});
    expect(findings.map(({ text }) => text)).toEqual([
      expect.stringMatching(/: the question failed: ERROR: \(TooManyRequests\) Try again later\.$/),
    ]);
  });

  it('tells a sign-in to another tenant from a right that is missing', async () => {
    const stderr =
      'ERROR: Unauthorized({"error":{"code":"InvalidAuthenticationTokenTenant","message":"The access token is from the wrong issuer"}})';
    const run: RunAz = (args) =>
      args.join(' ').includes('vaults/kv-team?')
        ? Promise.resolve({ ended: 'done', status: 1, stdout: '', stderr })
        : runIn(aWorld())(args);
    const { findings } = await preflight(run, parameters(), {});
    expect(findings.map(({ command }) => command)).toEqual(['az login']);
  });

  it('names the question that Azure did not answer in time', async () => {
    const run: RunAz = (args) =>
      args.join(' ').includes('vaults/kv-team?')
        ? Promise.resolve({ ended: 'slow', status: 1, stdout: '', stderr: '' })
        : runIn(aWorld())(args);
    const { findings } = await preflight(run, parameters(), {});
    expect(findings.map(({ text }) => text)).toEqual([
      'vault kv-team: Azure did not answer in time; run the preflight again.',
    ]);
  });
});

describe('the stand-in of az', () => {
  it.each([
    [['account', 'shwo']],
    [['account', 'show', '--nonsense', 'x']],
    [['provider', 'register', '--namespace', 'Microsoft.Web']],
    [['rest', '--method', 'get', '--url']],
    [['rest', '--method', 'get', '--url', '/subscriptions/x', '--uri', '/y']],
    [['rest', '--method', 'get', '--url', `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Web`]],
  ])('refuses %j', (args) => {
    expect(az(aWorld(), args)).toMatchObject({ stdout: '', stderr: expect.stringContaining('ERROR') });
  });
});
