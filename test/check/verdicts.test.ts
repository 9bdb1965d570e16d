import { describe, expect, it } from 'vitest';
import { excessAccess, neededAccess } from '../../shared/check/access.ts';
import { NOTHING_YET } from '../../shared/check/inspection.ts';
import type { Inspection } from '../../shared/check/inspection.ts';
import { PROBES, probeSecret } from '../../shared/check/probes.ts';
import { rightsVerdicts } from '../../shared/check/rights.ts';
import { lineOf } from '../../shared/check/verdict.ts';
import { wayVerdicts } from '../../shared/check/way.ts';
import type { Code } from '../../shared/errors.ts';
import { accepts, parseAccept } from '../../shared/route/accept.ts';
import { aCluster } from '../support/documents.ts';

const NOW = Date.UTC(2026, 10, 20);
const DAY = 24 * 3600 * 1000;
const AKS =
  '/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/weu-1';
const aks = aCluster('weu-1', { aks: AKS, server: undefined, credential: undefined });
const entra = aCluster('weu-1', { credential: { entra: { scope: 'api://clusters/.default' } } });
const stored = aCluster('weu-1');

const way = (found: Partial<Inspection>, cluster = stored): string[] =>
  wayVerdicts({ ...NOTHING_YET, ...found }, cluster, NOW).map(lineOf);
const rights = (found: Partial<Inspection>, cluster = stored): string[] =>
  rightsVerdicts({ ...NOTHING_YET, user: { name: 'pusher' }, ...found }, cluster).map(lineOf);
type Step = NonNullable<Inspection['ended']>['step'];
type Probed = NonNullable<Inspection['policy']>['probed'][number];
const ended = (step: Step, code: Code) => ({ ended: { step, failure: { code, message: 'why' } } });

describe('what fixes a step', () => {
  it.each<[string, Step, Code, typeof aks, RegExp]>([
    [
      'an AKS cluster whose name is gone',
      'name',
      'CLUSTER_UNREACHABLE',
      aks,
      /az aks show --ids .* powerState.*private DNS zone/,
    ],
    ['an AKS cluster that lets nobody in', 'tcp', 'CLUSTER_TIMEOUT', aks, /apiServerAccessProfile/],
    [
      'an AKS cluster with local accounts',
      'credential',
      'CLUSTER_CREDENTIAL',
      aks,
      /az aks update --ids .* --enable-aad/,
    ],
    [
      'an AKS cluster without the role',
      'credential',
      'CLUSTER_FORBIDDEN',
      aks,
      /az role assignment create .* --scope/,
    ],
    ['an AKS cluster of another tenant', 'identity', 'CLUSTER_UNAUTHORIZED', aks, /--query aadProfile/],
    [
      'a cluster that does not trust the tenant',
      'identity',
      'CLUSTER_UNAUTHORIZED',
      entra,
      /infra\/kubernetes\/README\.md/,
    ],
    ['an app without an identity', 'credential', 'TOKEN_UNAVAILABLE', entra, /az functionapp identity show/],
    [
      'a refused token',
      'identity',
      'CLUSTER_UNAUTHORIZED',
      stored,
      /az keyvault secret set .* --name weu-1-token/,
    ],
    ['a server that says nothing', 'tls', 'CLUSTER_TIMEOUT', stored, /start the API server/],
  ])('is said of %s', (_, step, code, cluster, fix) => {
    const [line = ''] = way(ended(step, code), cluster);
    expect(line).toMatch(new RegExp(`^FAIL ${step}: why \\(${code}\\) -> `));
    expect(line).toMatch(fix);
  });
});

describe('dates and clocks', () => {
  it('warns two weeks before a stored credential ends', () => {
    const at = (days: number) =>
      way({ credential: { kind: 'client certificate', expires: NOW + days * DAY } })[0];
    expect(at(15)).toMatch(/^OK credential: client certificate, valid until 2026-12-05/);
    expect(at(13)).toMatch(
      /^WARN credential: client certificate, valid until 2026-12-03 00:00 -> store a fresh one/,
    );
    expect(at(-1)).toMatch(
      /^FAIL credential: client certificate, expired on 2026-11-19 00:00 -> store a fresh one/,
    );
  });

  it('does not warn of tokens that live for hours by nature', () => {
    const credential = { kind: 'entra api://clusters/.default', expires: NOW + 3_600_000 };
    expect(way({ credential }, entra)[0]).toMatch(/^OK credential: token of entra api:\/\/clusters/);
  });

  it.each([
    [0, 'OK clock: 0 s apart'],
    [-59_000, 'OK clock: 59 s apart'],
    [61_000, "WARN clock: the server's clock is 61 s ahead -> "],
    [-301_000, "FAIL clock: the server's clock is 301 s behind: tokens are refused -> "],
  ])('judges a clock %d ms away', (clockSkewMs, line) => {
    expect(way({ clockSkewMs })[0]?.startsWith(line)).toBe(true);
  });
});

describe('rights', () => {
  it('of an inspection that ended before are not judged', () => {
    expect(rights(ended('tcp', 'CLUSTER_UNREACHABLE'))).toEqual([]);
  });

  it('name the overlay when cluster-wide lists are wanted and denied', () => {
    const cluster = aCluster('weu-1', { scope: 'cluster' });
    const access = neededAccess(cluster, []).map((one) => ({
      ...one,
      allowed: one.resource === 'namespaces',
    }));
    expect(rights({ access }, cluster)[0]).toMatch(
      /^FAIL permission: may not list secrets in the whole cluster -> .*cluster-wide$/,
    );
  });

  it('name the roles of Azure where Azure RBAC refused, and none of them where Kubernetes did', () => {
    const access = neededAccess(aks, ['app-1']).map((one) => ({ ...one, allowed: false }));
    const fails = (byAzure: boolean) =>
      rights({ access: access.map((one) => ({ ...one, byAzure })) }, aks).filter((line) =>
        line.startsWith('FAIL'),
      );
    expect(fails(true)).toEqual([
      expect.stringContaining(
        `: Azure RBAC decides in this cluster -> az role assignment create --role "vaultcast namespaces" --scope ${AKS} `,
      ),
      expect.stringContaining(` --role "vaultcast secrets" --scope ${AKS}/namespaces/app-1 `),
    ]);
    expect(fails(false)).toHaveLength(2);
    expect(fails(false).join()).not.toMatch(/Azure RBAC|az role/);
  });

  it('quote a user name so that a shell takes it for one word', () => {
    const access = neededAccess(stored, ['app-1']).map((one) => ({ ...one, allowed: false }));
    const line = rights({ access, user: { name: "x'; rm -rf /; '" } }).find((one) =>
      one.includes('rolebinding'),
    );
    expect(line).toMatch(/--user='x; rm -rf \/; '$/);
  });

  it('do not call a policy missing an error where consent is switched off', () => {
    const probed = [{ probe: 'unmanaged', outcome: 'let through', why: 'a dry run succeeded' }] as const;
    const policy = { namespace: 'app-1', instance: 'prod', probed };
    const line = (cluster: typeof stored) =>
      rights({ policy }, cluster).find((one) => one.includes(' policy: '));
    expect(line(stored)).toMatch(/^FAIL policy: .* is let through in namespace app-1/);
    expect(line(aCluster('weu-1', { requireConsent: false }))).toMatch(/^WARN policy: .* is let through/);
  });

  it('warn where consent is switched off', () => {
    const cluster = aCluster('weu-1', { requireConsent: false });
    expect(rights({ namespaces: [] }, cluster)).toContainEqual(
      expect.stringMatching(/^WARN accept: consent is switched off/),
    );
  });
});

describe('a right that nothing of vaultcast needs', () => {
  const asked = (allowed: (access: ReturnType<typeof excessAccess>[number]) => boolean) =>
    rights({
      access: excessAccess(stored, ['app-1']).map((one) => ({ ...one, allowed: allowed(one) })),
    }).filter((line) => line.includes(' excess: '));

  it('is named among what was asked for where it is denied, for no answer covers what was not asked', () => {
    const lines = asked(() => false);
    const line = lines.join('\n');
    expect(lines[0]).toMatch(
      /^OK excess: was asked for and is denied, as it should be: do everything in the whole cluster, /,
    );
    expect(lines.filter((one) => !one.startsWith('OK excess: '))).toEqual([]);
    // Longer ones a row would cut, and then claim what nobody can read.
    expect(Math.max(...lines.map((one) => one.length))).toBeLessThan(1000);
    for (const right of [
      'create, update, patch, delete namespaces in the whole cluster',
      'patch, deletecollection, get, list, create, update, delete secrets in the whole cluster',
      'get secrets in namespace kube-system',
      'patch, deletecollection secrets in namespace app-1',
      'create pods/exec in the whole cluster',
      'create, update, patch rolebindings in namespace app-1',
      'bind, escalate roles in namespace app-1',
      'create serviceaccounts/token in namespace app-1',
      'create, update, patch rolebindings in the whole cluster',
      'create, update, patch clusterrolebindings in the whole cluster',
      'bind, escalate clusterroles in the whole cluster',
      'impersonate serviceaccounts in the whole cluster',
      'create, update, patch, delete validatingadmissionpolicies in the whole cluster',
      'create, update, patch, delete validatingadmissionpolicybindings in the whole cluster',
      'create, update, patch mutatingwebhookconfigurations in the whole cluster',
    ])
      expect(line).toContain(right);
  });

  it.each([
    ['patch', 'namespaces', undefined, 'patch namespaces in the whole cluster'],
    ['patch', 'secrets', 'app-1', 'patch secrets in namespace app-1'],
    ['deletecollection', 'secrets', undefined, 'deletecollection secrets in the whole cluster'],
    ['create', 'clusterrolebindings', undefined, 'create clusterrolebindings in the whole cluster'],
    ['escalate', 'roles', undefined, 'escalate roles in the whole cluster'],
    [
      'delete',
      'validatingadmissionpolicies',
      undefined,
      'delete validatingadmissionpolicies in the whole cluster',
    ],
  ])('is warned of: %s %s in %s', (verb, resource, namespace, words) => {
    const lines = asked(
      (one) => one.verb === verb && one.resource === resource && one.namespace === namespace,
    );
    expect(lines).toEqual([expect.stringMatching(`^WARN excess: may ${words}, and need not -> `)]);
  });
});

describe('rights in many namespaces', () => {
  it('are told once, with the namespaces in which they are alike', () => {
    const names = Array.from({ length: 12 }, (_, at) => `app-${at}`);
    const denied = excessAccess(stored, names).map((one) => ({ ...one, allowed: false }));
    const text = rights({ access: denied }).join('\n');

    expect(text).toContain(`patch, deletecollection secrets in namespaces ${names.slice(0, 10).join(', ')}`);
    expect(text.match(/patch, deletecollection secrets in namespaces/g)).toHaveLength(1);
  });
});

describe('names that are not ours', () => {
  it('are not repeated of a user whom our credential does not name', () => {
    expect(way({ user: { name: undefined } })).toEqual(['OK identity: the server knows it']);
    const access = neededAccess(stored, ['app-1']).map((one) => ({ ...one, allowed: false }));
    const line = rights({ access, user: { name: undefined } }).find((one) => one.includes('rolebinding'));
    expect(line).toMatch(/--user='USER'$/);
  });

  it('are counted of entries that follow no grammar', () => {
    const namespaces = [{ name: 'app-1', accept: 'app-1--, hunter2 hunter3,', terminating: false }];
    const lines = rights({ namespaces });
    expect(lines.join('\n')).not.toContain('hunter');
    expect(lines).toContainEqual(
      expect.stringMatching(
        /^WARN accept: namespace app-1 has 2 entries that are empty or malformed: such accept nothing/,
      ),
    );
  });
});

describe('the verdict on a Secret as vaultcast writes it', () => {
  const line = (outcome: Probed['outcome']) => {
    const probed = [{ probe: 'own', outcome, why: 'policy vaultcast-consent' }] as const;
    const policy = { namespace: 'app-1', instance: 'prod', probed };
    return rights({ policy }).find((one) => one.includes(' policy: ')) ?? '';
  };

  it('is OK where it is let through', () => {
    expect(line('let through')).toMatch(
      /^OK policy: a Secret as vaultcast writes it is let through in namespace app-1$/,
    );
  });

  it('fails where the policy is of another instance, and says which one it must know', () => {
    expect(line('refused')).toMatch(
      /^FAIL policy: .* is refused in namespace app-1 .*user: 'pusher' and instance: prod$/,
    );
  });

  it('is none where something else fails', () => {
    expect(line('unclear')).toMatch(/^WARN policy: .*not proven/);
  });
});

describe('probes of the policy', () => {
  const place = { cluster: 'weu-1', namespace: 'app-1', name: 'vaultcast-check', instance: 'prod' };
  const SOURCE = /^([a-z0-9-]{3,24})\/([a-z0-9-]{1,127})@[0-9a-z]{1,64}:[0-9]{1,12}$/;
  const probes = Object.keys(PROBES) as Probed['probe'][];
  const ALL_SOUND = {
    labels: { 'app.kubernetes.io/managed-by': 'vaultcast', 'vaultcast.dev/instance': 'prod' },
    keys: ['vaultcast.dev/target', 'vaultcast.dev/route', 'vaultcast.dev/sources'],
    type: 'Opaque',
    accepted: true,
  };
  const WRONG: Readonly<Record<Probed['probe'], Partial<typeof ALL_SOUND>>> = {
    own: {},
    unmanaged: { labels: {} as typeof ALL_SOUND.labels },
    instance: {
      labels: { ...ALL_SOUND.labels, 'vaultcast.dev/instance': 'vaultcast-check-other' },
    },
    steering: { keys: [...ALL_SOUND.keys, 'vaultcast-check.invalid/steer'] },
    'token-type': {
      type: 'kubernetes.io/service-account-token',
      keys: [...ALL_SOUND.keys, 'kubernetes.io/service-account.name'],
    },
    unaccepted: { accepted: false },
  };

  it.each(['app-1--', 'team/app-1--', 'app-1--pg--password', 'team/app-1--pg', 'other--,app-1--'])(
    'are wrong in one respect at most, whatever is accepted: %s',
    (annotation) => {
      const acceptance = parseAccept(annotation);
      for (const probe of probes) {
        const { labels, annotations = {}, type } = probeSecret(probe, place, annotation) ?? {};
        const [, vault = '', name = ''] = SOURCE.exec(annotations['vaultcast.dev/sources'] ?? '') ?? [];
        const accepted = accepts(acceptance, { vault, name });
        const seen = { labels, keys: Object.keys(annotations), type, accepted };
        expect([probe, seen]).toEqual([probe, { ...ALL_SOUND, ...WRONG[probe] }]);
      }
    },
  );

  it('carry no value', () => {
    for (const probe of probes) expect(probeSecret(probe, place, 'app-1--')?.data).toEqual({});
  });
});
