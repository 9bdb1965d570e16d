import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { plain } from './bicep/deferred.ts';
import type { Deployment } from './bicep/deployment.ts';
import { INFRA } from './bicep/file.ts';
import { clusterId, deployMain, groupId, ofType, propertiesOf, SUBSCRIPTION, vaultId } from './deployed.ts';

const team = { alias: 'team', id: vaultId('kv-team') };
const AKS_USER = '4abbcc35-e782-43d8-92c5-2d3f1bd2253f';

interface Role {
  scope: string;
  role: string;
  principal: unknown;
  kind: unknown;
}

const rolesOf = (deployment: Deployment): Role[] =>
  ofType(deployment, 'Microsoft.Authorization/roleAssignments').map(({ id, body }) => {
    const { principalId, principalType, roleDefinitionId } = body['properties'] as Record<string, string>;
    return {
      scope: String(plain(id)).split('/providers/Microsoft.Authorization/')[0] ?? '',
      role: String(roleDefinitionId).split('/').at(-1) ?? '',
      principal: principalId,
      kind: principalType,
    };
  });

describe('the system topic of a vault', () => {
  it('is made where the vault is, whatever the region of the app', () => {
    const [topic] = ofType(deployMain({ location: 'westeurope' }), 'Microsoft.EventGrid/systemTopics');
    expect(topic?.body['location']).toBe('northeurope');
  });

  it.each([
    ['as the preflight found it', { systemTopics: 'other=x/y,kv-team=rg-events/theirs' }, 'rg-events'],
    ['as the vault says', { vaults: [{ ...team, systemTopic: 'theirs' }] }, 'rg-vaults'],
    ['in another group', { vaults: [{ ...team, systemTopic: 'rg-other/theirs' }] }, 'rg-other'],
  ])('is used and never written when it is there already: %s', (_, overrides, group) => {
    const deployment = deployMain(overrides);
    expect(ofType(deployment, 'Microsoft.EventGrid/systemTopics')).toEqual([]);
    expect(deployment.outputs['EVENT_TOPICS']).toEqual([
      { name: 'theirs', id: `${groupId(group)}/providers/Microsoft.EventGrid/systemTopics/theirs` },
    ]);
    const [alert] = ofType(deployment, 'Microsoft.Insights/metricAlerts');
    expect(String(alert?.id)).toContain(`/resourceGroups/${group}/`);
    expect(rolesOf(deployment).map(({ principal }) => principal)).toContain('topic of theirs');
  });

  it('is written by the first of two instances only', () => {
    const first = deployMain();
    const second = deployMain({ environmentName: 'test', systemTopics: 'kv-team=rg-vaults/kv-team-events' });
    const shared = (deployment: Deployment): string[] =>
      deployment.resources.map(({ id }) => String(plain(id)));
    expect(shared(second).filter((id) => shared(first).includes(id))).toEqual([]);
  });
});

describe('the certificates of a vault', () => {
  const CERTIFICATE_USER = 'db79e9a7-68ee-4b58-9aeb-b90e7c24fcba';
  const other = { alias: 'other', id: vaultId('kv-other') };
  const readable = (deployment: Deployment): string[] =>
    rolesOf(deployment).flatMap(({ role, scope }) => (role === CERTIFICATE_USER ? [scope] : []));

  it('may be read where the parameters say so, and nowhere else', () => {
    expect(readable(deployMain({ vaults: [team, { ...other, certificates: true }] }))).toEqual([other.id]);
    expect(readable(deployMain({ vaults: [{ ...team, certificates: false }, other] }))).toEqual([]);
  });
});

describe('the look-up of clusters', () => {
  const scopes = (clusters: string[]): string[] =>
    rolesOf(deployMain({ clusters }))
      .filter(({ role }) => role === AKS_USER)
      .map(({ scope }) => scope);

  it('is a role on each cluster that is listed', () => {
    expect(scopes([clusterId('a'), clusterId('b', 'rg-2')])).toEqual([
      clusterId('a'),
      clusterId('b', 'rg-2'),
    ]);
  });

  it('is one role on a resource group or subscription, and none on what it covers', () => {
    expect(scopes([groupId('rg-aks'), clusterId('a'), clusterId('b', 'rg-2')])).toEqual([
      clusterId('b', 'rg-2'),
      groupId('rg-aks'),
    ]);
    expect(scopes([`/subscriptions/${SUBSCRIPTION}`, groupId('rg-aks'), clusterId('a')])).toEqual([
      `/subscriptions/${SUBSCRIPTION}`,
    ]);
  });

  it('does not take a group for another one whose name begins alike', () => {
    expect(scopes([groupId('rg'), clusterId('a', 'rg-2')])).toEqual([clusterId('a', 'rg-2'), groupId('rg')]);
  });

  it('of 200 clusters in one group is one deployment and a short setting', () => {
    const many = Array.from({ length: 200 }, (_, i) => clusterId(`cluster-${i}`));
    const deployment = deployMain({ clusters: [groupId('rg-aks'), ...many] });
    const settings = propertiesOf(deployment, 'Microsoft.Web/sites/config');
    expect(settings['CLUSTER_HOSTS']).toBe(groupId('rg-aks'));
    expect(scopes([groupId('rg-aks'), ...many])).toHaveLength(1);
  });
});

describe('operators', () => {
  const ofPeople = (overrides: Record<string, unknown>): [unknown, unknown][] =>
    rolesOf(deployMain(overrides))
      .filter(({ kind, principal }) => kind !== 'ServicePrincipal' || principal === 'robot')
      .map(({ principal, kind }) => [principal, kind]);

  it.each([
    ['the deployer, when nobody is named', {}, '77777777-8888-9999-aaaa-bbbbbbbbbbbb', 'User'],
    [
      'the deployer, when azd passes empty variables',
      { operatorsId: '', principalId: '', principalType: '' },
      '77777777-8888-9999-aaaa-bbbbbbbbbbbb',
      'User',
    ],
    ['the deployer as azd tells it', { principalId: 'ada', principalType: 'User' }, 'ada', 'User'],
    ['a group', { operatorsId: 'platform' }, 'platform', 'Group'],
    ['a person', { operatorsId: 'bob', operatorsType: 'User' }, 'bob', 'User'],
    [
      'a service principal',
      { operatorsId: 'robot', operatorsType: 'ServicePrincipal' },
      'robot',
      'ServicePrincipal',
    ],
    [
      'the group a pipeline names',
      { operatorsId: 'platform', principalType: 'ServicePrincipal', principalId: 'ci' },
      'platform',
      'Group',
    ],
  ])('are %s', (_, overrides, principal, kind) => {
    const found = ofPeople(overrides);
    expect(found).toHaveLength(6);
    expect(found.every(([who, what]) => who === principal && what === kind)).toBe(true);
  });

  it('are nobody when none is said', () => {
    expect(ofPeople({ operatorsId: 'none' })).toEqual([]);
  });

  it('keep the assignments of an earlier deployment: the names of roles do not change', () => {
    const names = (overrides: Record<string, unknown>): string[] =>
      ofType(deployMain(overrides), 'Microsoft.Authorization/roleAssignments').map(({ name }) =>
        String(name),
      );
    expect(names({ operatorsId: 'platform', principalId: 'a' })).toEqual(
      names({ operatorsId: 'platform', principalId: 'b' }),
    );
  });
});

describe('the identity of the app', () => {
  it('reads the tables of documents and writes the three of findings, and has no role on both at once', () => {
    const ofTables = rolesOf(deployMain({ operatorsId: 'none' })).filter(({ scope }) =>
      scope.includes('/tableServices/default/tables/'),
    );
    const by = (role: string): string[] =>
      ofTables.filter((one) => one.role === role).map(({ scope }) => scope.split('/').at(-1) ?? '');
    expect(by('76199698-9eea-4c19-bc75-cec21354c6b6').toSorted()).toEqual(['Clusters', 'Routes']);
    expect(by('0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3').toSorted()).toEqual(['Endpoints', 'Runs', 'Targets']);
    expect(ofTables).toHaveLength(5);
  });
});

describe('the network', () => {
  interface Subnets {
    subnets: { name: string; properties: { natGateway?: { id: string } | null } }[];
  }
  const appSubnet = (overrides: Record<string, unknown>) =>
    propertiesOf<Subnets>(deployMain(overrides), 'Microsoft.Network/virtualNetworks').subnets.find(
      ({ name }) => name === 'app',
    );

  it('leaves from one fixed address when that is asked for', () => {
    const deployment = deployMain({ network: 'new', natGateway: true });
    const [gateway] = ofType(deployment, 'Microsoft.Network/natGateways');
    expect(appSubnet({ network: 'new', natGateway: true })?.properties.natGateway).toEqual({
      id: gateway?.id,
    });
    expect(deployment.outputs['OUTBOUND_ADDRESS']).toBe('203.0.113.7');
    expect(appSubnet({ network: 'new' })?.properties.natGateway).toBeNull();
    expect(deployMain({ network: 'new' }).outputs['OUTBOUND_ADDRESS']).toBe('');
  });

  it('gives a closed app an endpoint and a zone of its own, and an open one none', () => {
    const names = (overrides: Record<string, unknown>, type: string): string[] =>
      ofType(deployMain({ network: 'new', ...overrides }), type).map(({ name }) => String(plain(name)));
    const closed = { inbound: 'closed', eventDestination: 'queue' };
    expect(names(closed, 'Microsoft.Network/privateEndpoints')).toContain('vaultcast-prod-app');
    expect(names(closed, 'Microsoft.Network/privateDnsZones')).toContain('privatelink.azurewebsites.net');
    expect(names({}, 'Microsoft.Network/privateEndpoints')).not.toContain('vaultcast-prod-app');
    expect(names({}, 'Microsoft.Network/privateDnsZones')).toHaveLength(4);
  });

  it('makes records in the zones that are given, and leaves the others to a policy', () => {
    const ids = { appSubnetId: 'a', endpointSubnetId: 'b', dnsZoneIds: { blob: 'zone' } };
    const records = ofType(
      deployMain({ network: 'existing', ...ids }),
      'Microsoft.Network/privateEndpoints/privateDnsZoneGroups',
    );
    expect(records.map(({ name }) => name)).toEqual(['vaultcast-prod-host-blob/default']);
  });
});

describe('logs and alerts', () => {
  it('are capped by the day, at a number with a fraction too', () => {
    const cap = (overrides: Record<string, unknown>): unknown =>
      propertiesOf(deployMain(overrides), 'Microsoft.OperationalInsights/workspaces')['workspaceCapping'];
    expect(cap({})).toEqual({ dailyQuotaGb: 1 });
    expect(cap({ logDailyCapGB: '0.5' })).toEqual({ dailyQuotaGb: 0.5 });
    expect(cap({ logDailyCapGB: '-1' })).toEqual({ dailyQuotaGb: -1 });
  });

  it('are made before a table has data', () => {
    const rules = ofType(deployMain(), 'Microsoft.Insights/scheduledQueryRules');
    const skipped = rules.map(
      ({ body }) => (body['properties'] as Record<string, unknown>)['skipQueryValidation'],
    );
    expect(skipped).toEqual(rules.map(() => true));
    expect(rules).toHaveLength(16);
  });

  it('count failures of each cluster by itself, and hours enough for runs of an hour', () => {
    const rules = ofType(deployMain(), 'Microsoft.Insights/scheduledQueryRules');
    const rule = rules.find(({ name }) => String(name).endsWith('cluster-failing'));
    const { criteria, windowSize } = plain(rule?.body['properties']) as {
      criteria: { allOf: { dimensions: unknown[] }[] };
      windowSize: string;
    };
    expect(criteria.allOf[0]?.dimensions).toEqual([{ name: 'cluster', operator: 'Include', values: ['*'] }]);
    expect(windowSize).toBe('PT6H');
  });

  it('count by columns that their queries give', () => {
    const rules = ofType(deployMain(), 'Microsoft.Insights/scheduledQueryRules');
    const counted = rules.flatMap(({ body }) => {
      const { criteria } = plain(body['properties']) as {
        criteria: { allOf: { query: string; dimensions: { name: string }[] }[] };
      };
      return criteria.allOf.flatMap(({ query, dimensions }) =>
        dimensions.map(({ name }) => ({ name, query })),
      );
    });
    expect(counted.map(({ name }) => name).toSorted()).toEqual(['cluster', 'cluster', 'code', 'vault']);
    for (const { name, query } of counted) expect(query).toContain(`${name} = tostring(outcome.${name})`);
  });

  it('have a page for people, with the queries of the runbook', () => {
    const { serializedData } = propertiesOf<{ serializedData: string }>(
      deployMain(),
      'Microsoft.Insights/workbooks',
    );
    const { items } = JSON.parse(serializedData) as { items: { content: { query: string } }[] };
    const read = (name: string): string => readFileSync(join(INFRA, 'kql', name), 'utf8');
    expect(items.map(({ content }) => content.query)).toEqual(
      ['fleet', 'failed-targets', 'event-to-write', 'late-deliveries', 'expires-soon'].map((name) =>
        read(`${name}.kql`),
      ),
    );
  });

  it('take one threshold and keep the defaults of the others', () => {
    const rules = ofType(
      deployMain({ alertThresholds: { runLateCount: 9 } }),
      'Microsoft.Insights/scheduledQueryRules',
    );
    const threshold = (name: string): unknown => {
      const rule = rules.find((one) => String(one.name).endsWith(name));
      const properties = rule?.body['properties'] as
        | { criteria: { allOf: { threshold: number }[] } }
        | undefined;
      return properties?.criteria.allOf[0]?.threshold;
    };
    expect([threshold('run-late'), threshold('cluster-failing')]).toEqual([9, 3]);
  });
});
