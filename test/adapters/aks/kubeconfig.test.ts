import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { readKubeconfig } from '../../../shared/adapters/aks/kubeconfig.ts';
import { failureOf } from '../../../shared/errors.ts';

describe('a kubeconfig of Azure', () => {
  const ca = Buffer.from('-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n').toString('base64');
  const text = (user: unknown, cluster: object = {}) =>
    stringify({
      clusters: [
        {
          name: 'a',
          cluster: { server: 'https://a.azmk8s.io:443/', 'certificate-authority-data': ca, ...cluster },
        },
      ],
      users: [{ name: 'u', user }],
    });

  it('gives server and authority; its exec plugin is left alone', () => {
    const read = readKubeconfig(text({ exec: { command: '/bin/sh', args: ['-c', 'exit 1'] } }));
    expect(read).toMatchObject({ server: 'https://a.azmk8s.io:443', login: undefined });
    expect(read.ca).toContain('BEGIN CERTIFICATE');
  });

  it.each([
    ['it names no way to log in', text({}), 'it names no way to log in'],
    ['a certificate without its key', text({ 'client-certificate-data': ca }), 'it names no way to log in'],
    [
      'no authority',
      text({ exec: {} }, { 'certificate-authority-data': '' }),
      'its authority is no certificate',
    ],
    ['no cluster', stringify({ clusters: [], users: [] }), 'a field is missing'],
    ['nothing', '', 'a field is missing'],
    ['no YAML', '{secret-canary: [', 'a field is missing'],
    [
      'a billion laughs',
      `a: &a [x,x]\n${Array.from({ length: 30 }, (_, at) => `${'b'.repeat(at + 1)}: [*a,*a,*a,*a,*a]`).join('\n')}`,
      'a field is missing',
    ],
  ])('with %s is unusable, and not quoted', (_, given, why) => {
    const failed = ((): unknown => {
      try {
        return readKubeconfig(given);
      } catch (error) {
        return failureOf(error);
      }
    })();
    const message = `the kubeconfig that Azure gave is unusable: ${why}`;
    expect(failed).toEqual({ code: 'CLUSTER_FAILED', message });
  });
});
