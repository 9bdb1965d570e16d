import { describe, expect, it } from 'vitest';
import { DEFAULTS, withDefaults } from '../../../infra/preflight/parameters.ts';
import { settingRefusals } from '../../../infra/preflight/settings.ts';
import { refusals } from '../../../infra/preflight/refusals.ts';
import { declarationsIn } from '../bicep/declarations.ts';
import { clusterId, groupId, parameters, refusalOf, SUBSCRIPTION, vaultId } from '../deployed.ts';
import { join } from 'node:path';
import { INFRA } from '../bicep/file.ts';

const GUID = '66666666-7777-8888-9999-000000000000';
const team = { alias: 'team', id: vaultId('kv-team') };

/** A fault, parameters that have it and nothing else wrong, and what of the sentence names it. */
const FAULTS: [string, Record<string, unknown>, string][] = [
  ['a name with _', { environmentName: 'my_prod' }, 'environmentName: my_prod'],
  ['a name with a dot', { environmentName: 'my.prod' }, 'environmentName: my.prod'],
  ['a name with capitals', { environmentName: 'Prod' }, 'environmentName: Prod'],
  ['a name that ends in a dash', { environmentName: 'prod-' }, 'environmentName: prod-'],
  ['an alias that is too short', { vaults: [{ ...team, alias: 'ab' }] }, 'the alias ab'],
  ['an alias with a capital', { vaults: [{ ...team, alias: 'Team' }] }, 'the alias Team'],
  ['an empty alias', { vaults: [{ ...team, alias: '' }] }, 'the alias nothing'],
  ['the name of a vault for its id', { vaults: [{ ...team, id: 'kv-team' }] }, 'vaults: kv-team is not'],
  ['a vault id with a trailing slash', { vaults: [{ ...team, id: `${team.id}/` }] }, 'kv-team/ is not'],
  [
    'no vault id, as azd passes a variable that is not set',
    { vaults: [{ ...team, id: '' }] },
    'nothing is not',
  ],
  ['a cluster for a vault', { vaults: [{ ...team, id: clusterId('a') }] }, 'managedClusters/a is not'],
  [
    'a vault twice',
    {
      vaults: [team, { alias: 'other', id: team.id.toUpperCase().replace('SUBSCRIPTIONS', 'subscriptions') }],
    },
    'is listed twice',
  ],
  ['an alias twice', { vaults: [team, { ...team, id: vaultId('kv-2') }] }, 'the alias team is given to two'],
  ['a credential vault by name', { credentialVaultId: 'kv-cred' }, 'credentialVaultId: kv-cred'],
  ['a credential vault that is served', { credentialVaultId: team.id }, 'is one of vaults'],
  ['the name of a cluster for its id', { clusters: ['weu-1'] }, 'clusters: weu-1'],
  ['a cluster id with a trailing slash', { clusters: [`${clusterId('a')}/`] }, 'managedClusters/a/'],
  [
    'a resource group without its name',
    { clusters: [`/subscriptions/${SUBSCRIPTION}/resourceGroups`] },
    'clusters:',
  ],
  ['a vault for a cluster', { clusters: [team.id] }, 'clusters: /subscriptions'],
  ['a cluster twice', { clusters: [clusterId('a'), clusterId('A')] }, 'is listed twice'],
  ['a resource group twice', { clusters: [groupId('rg'), groupId('RG')] }, 'is listed twice'],
  [
    'a scope that says no server, as an earlier release took it',
    { clusterScopes: 'api://66666666-7777-8888-9999-000000000000/.default' },
    'must say which servers it is for: SCOPE@HOST',
  ],
  ['zones without warm instances', { zoneRedundant: true, alwaysReady: 1 }, 'not 1'],
  ['zones with none', { zoneRedundant: true, alwaysReady: 0 }, 'not 0'],
  ['a closed app that gets events itself', { inbound: 'closed', network: 'new' }, 'eventDestination queue'],
  ['a closed app without a network', { inbound: 'closed', eventDestination: 'queue' }, 'needs network new'],
  ['an existing network without subnets', { network: 'existing' }, 'needs appSubnetId'],
  [
    'subnets without the network they are for',
    { appSubnetId: 'a', endpointSubnetId: 'b' },
    'not with network none',
  ],
  ['a fixed address without a network', { natGateway: true }, 'natGateway:'],
  ['a pipeline that names no operators', { principalType: 'ServicePrincipal' }, 'a pipeline deploys'],
  ['a heap larger than the instance', { heapMB: 2000 }, 'heapMB: 2000'],
  ['a group of owners who cannot sign in', { ownersGroupId: GUID }, 'go together'],
  ['a sign-in for no group', { ownersClientId: GUID }, 'go together'],
  [
    'owners where only Event Grid gets through',
    { ownersGroupId: GUID, ownersClientId: GUID, inbound: 'eventGrid' },
    'nobody of the group could reach',
  ],
];

const problemsOf = (overrides: Record<string, unknown>): string[] =>
  refusals(withDefaults(parameters(overrides)));

describe('before anything is made', () => {
  it.each(FAULTS)(
    '%s is refused by the template and the preflight in the same words',
    (_, overrides, part) => {
      const [only, ...others] = problemsOf(overrides);
      expect(only).toContain(part);
      expect(others).toEqual([]);
      expect(refusalOf(overrides)).toBe(only);
    },
  );

  it('all faults are said at once, in the same order by both', () => {
    const all = {
      environmentName: 'my_prod',
      vaults: [
        { alias: 'T', id: 'kv-team' },
        { alias: 'T', id: 'kv-team' },
      ],
      credentialVaultId: 'kv-team',
      clusters: ['weu-1', 'weu-1'],
      clusterScopes: `api://a/.default, api://b/.default@weu-1.example.com ,`,
      zoneRedundant: true,
      alwaysReady: 0,
      inbound: 'closed',
      appSubnetId: 'x',
      natGateway: true,
      principalType: 'ServicePrincipal',
      heapMB: 4000,
    };
    const problems = problemsOf(all);
    expect(problems.length).toBeGreaterThan(15);
    expect(refusalOf(all)).toBe(problems.join(' '));
  });

  it.each([
    ['the first deployment', {}],
    ['azd with nothing set but the vault', { clusters: [''], operatorsId: '', systemTopics: '' }],
    ['a pipeline that names a group', { principalType: 'ServicePrincipal', operatorsId: 'g' }],
    ['a pipeline that wants no operators', { principalType: 'ServicePrincipal', operatorsId: 'none' }],
    ['groups and subscriptions of clusters', { clusters: [groupId('rg'), `/subscriptions/${SUBSCRIPTION}`] }],
    ['a closed app behind a queue', { inbound: 'closed', eventDestination: 'queue', network: 'new' }],
  ])('%s is let through by both', (_, overrides) => {
    expect(problemsOf(overrides)).toEqual([]);
    expect(refusalOf(overrides)).toBeUndefined();
  });

  it('a misspelt member is refused by name', () => {
    expect(refusalOf({ vaults: [{ ...team, systemtopic: 'x' }] })).toContain('systemtopic: unknown member');
    expect(refusalOf({ alertThresholds: { runLate: 3 } })).toContain('runLate: unknown member');
    expect(refusalOf({ dnsZoneIds: { blobs: 'x' } })).toContain('blobs: unknown member');
    expect(refusalOf({ addressPrefixes: { network: 'a', app: 'b', endpoint: 'c' } })).toContain('endpoint');
    expect(refusalOf({ clusters: [1] })).toContain('clusters[0]: no string');
  });
});

describe('what the app would leave out of its settings', () => {
  const said = (overrides: Record<string, unknown>): string[] =>
    settingRefusals(withDefaults(parameters(overrides)));

  it.each([
    [{ clusterHosts: '*.k8s.example.com,*.nip.io' }, 'clusterHosts: entry "*.nip.io" covers names that'],
    [
      { clusterScopes: 'https://vault.azure.net/.default@a.example.com' },
      'must be an application of your own',
    ],
    [{ consentNotRequired: ['weu-1', 'Weu_2'] }, 'consentNotRequired: entry "Weu_2" must be the name'],
    [{ allowedMetadata: ['vaultcast.dev/instance'] }, 'allowedMetadata: entry "vaultcast.dev/instance" must'],
    [{ ownersGroupId: 'owners', ownersClientId: GUID }, 'ownersGroupId: must be the object id of a group'],
    [{ reconcileSchedule: '00:15:00' }, 'reconcileSchedule: must be an NCRONTAB expression'],
  ])('is refused by the preflight in the words of the app: %j', (overrides, part) => {
    const [only, ...others] = said(overrides);
    expect(only).toContain(part);
    expect(others).toEqual([]);
  });

  it('is the sentence of the template where both know it', () => {
    const overrides = { clusterScopes: 'api://66666666-7777-8888-9999-000000000000/.default' };
    expect(said(overrides)).toEqual(problemsOf(overrides));
  });

  it('is nothing where the parameters are legal', () => {
    expect(said({})).toEqual([]);
  });
});

it('the preflight knows the defaults of the template', () => {
  const { params } = declarationsIn(join(INFRA, 'main.bicep'));
  const written = Object.keys(DEFAULTS).map((name) => {
    const [, value = 'null'] = / = (.*)$/m.exec(params.get(name)?.node.text ?? '') ?? [];
    return [name, JSON.parse(value.replaceAll("'", '"')) as unknown];
  });
  expect(Object.fromEntries(written)).toEqual(DEFAULTS);
});
