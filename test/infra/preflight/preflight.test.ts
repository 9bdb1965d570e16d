import { describe, expect, it } from 'vitest';
import type { RunAz } from '../../../infra/az/run.ts';
import { preflight } from '../../../infra/preflight/preflight.ts';
import {
  aCluster,
  aGroup,
  aSubnet,
  aTopic,
  aVault,
  aWorld,
  CONTRIBUTOR,
  namesOf,
  PIPELINE,
  subnetId,
  type World,
} from '../az/world.ts';
import { findingsIn, runIn } from './asked.ts';
import { CONDITIONS, SUBSCRIPTION_ID, team, weu } from './conditions.ts';
import { clusterId, groupId, parameters, SUBSCRIPTION, vaultId } from '../deployed.ts';

describe('the preflight', () => {
  it('has nothing against a subscription where everything is ready', async () => {
    expect(await findingsIn({})).toMatchObject({ problems: [], notes: [] });
  });

  it.each(CONDITIONS)('gives %s its one line', async (_, world, overrides, text, command) => {
    const { problems } = await findingsIn(world, overrides);
    expect(problems.map((one) => one.text)).toEqual([expect.stringContaining(text)]);
    expect(problems[0]?.command ?? '').toContain(command ?? '');
  });

  it('says all of them at once, each once', async () => {
    const all: Partial<World> = {
      resources: [
        aVault('kv-team', { enableRbacAuthorization: false, networkAcls: { defaultAction: 'Deny' } }),
        aTopic('theirs', vaultId('kv-team')),
        aCluster('weu-1', {
          aadProfile: null,
          apiServerAccessProfile: { enablePrivateCluster: true, authorizedIPRanges: ['203.0.113.0/24'] },
        }),
      ],
      unregistered: [`${SUBSCRIPTION}/Microsoft.EventGrid`, `${SUBSCRIPTION}/Microsoft.Insights`],
      permissions: { [SUBSCRIPTION_ID]: [CONTRIBUTOR] },
      taken: namesOf(),
      runtimes: { westeurope: ['22'] },
      account: PIPELINE,
    };
    const { problems } = await findingsIn(all, { zoneRedundant: true, alwaysReady: 0, inbound: 'closed' });
    const texts = problems.map(({ text }) => text);
    expect(new Set(texts).size).toBe(texts.length);
    expect(texts).toHaveLength(19);
  });

  it('finds the topic that a vault has already, wherever it stands, and hands it to the template', async () => {
    const resources = [
      team,
      weu,
      ...['a', 'b', 'c'].map((name) => aTopic(name, vaultId(`kv-${name}`), 'SystemAssigned')),
      aTopic('theirs', vaultId('kv-team').toUpperCase(), 'SystemAssigned, UserAssigned', 'rg-events'),
    ];
    const found = await findingsIn({ resources });
    expect(found.problems).toEqual([]);
    expect(found.notes.map(({ text }) => text)).toEqual([
      'vault kv-team has the system topic theirs already: it is used as it is.',
    ]);
    expect(found.parameters['systemTopics']).toBe('kv-team=rg-events/theirs');
  });

  it('lists the clusters that a group takes in, over all pages, and leaves out ids that it covers', async () => {
    const resources = [
      team,
      ...['a', 'b', 'c', 'd', 'e'].map((name) => aCluster(name)),
      aCluster('x', {}, 'rg-2'),
    ];
    const { problems, notes } = await findingsIn(
      { resources },
      { clusters: [clusterId('a'), groupId('rg-aks'), clusterId('x', 'rg-2')] },
    );
    expect(problems).toEqual([]);
    expect(notes.map(({ text }) => text)).toEqual([
      `clusters: ${clusterId('a')} is left out, because an entry that is wider covers it.`,
      `clusters: ${groupId('rg-aks')} takes in a, b, c, d, e, and every one that comes later.`,
    ]);
  });

  it('takes in a cluster without Entra that is accepted by name, and no other', async () => {
    const without = (name: string) => aCluster(name, { aadProfile: null });
    const { problems, notes } = await findingsIn(
      { resources: [team, without('weu-1'), without('neu-1')] },
      { clusters: [groupId('rg-aks')] },
      { VAULTCAST_ACCEPT_CLUSTERS: 'other, weu-1' },
    );
    expect(problems.map(({ text }) => text)).toEqual([
      expect.stringContaining('cluster neu-1 has no Microsoft Entra ID'),
    ]);
    expect(notes.map(({ text }) => text)).toContainEqual(
      expect.stringContaining('cluster weu-1 has no Microsoft Entra ID: it is accepted'),
    );
  });

  it.each([
    [
      'a vault in another region',
      { resources: [aVault('kv-team', {}, 'northeurope'), weu] },
      {},
      'is in northeurope',
    ],
    [
      'a cluster that decides with Azure RBAC',
      { resources: [team, aCluster('weu-1', { aadProfile: { managed: true, enableAzureRBAC: true } })] },
      {},
      'decides with Azure RBAC',
    ],
    [
      'a private cluster with a network',
      { resources: [team, aCluster('weu-1', { apiServerAccessProfile: { enablePrivateCluster: true } })] },
      { network: 'new' },
      'peer its network',
    ],
    [
      'authorized ranges with a fixed address',
      {
        resources: [
          team,
          aCluster('weu-1', { apiServerAccessProfile: { authorizedIPRanges: ['203.0.113.0/24'] } }),
        ],
      },
      { network: 'new', natGateway: true },
      'add the app',
    ],
    [
      'a vault with a firewall and a network',
      { resources: [aVault('kv-team', { publicNetworkAccess: 'Disabled' }, 'northeurope'), weu] },
      { network: 'new' },
      'is in northeurope',
    ],
    [
      'subnets of the organisation',
      {
        resources: [
          aVault('kv-team', { publicNetworkAccess: 'Disabled' }, 'northeurope'),
          weu,
          aSubnet('app', 'microsoft.app/Environments'),
          aSubnet('endpoints'),
        ],
      },
      { network: 'existing', appSubnetId: subnetId('app'), endpointSubnetId: subnetId('endpoints') },
      'is in northeurope',
    ],
  ])('lets %s pass with a note', async (_, world, overrides, text) => {
    const { problems, notes } = await findingsIn(world, overrides);
    expect(problems).toEqual([]);
    expect(notes.map((one) => one.text)).toEqual([expect.stringContaining(text)]);
  });

  it('has nothing against names that are this deployment itself', async () => {
    const [host = '', registry = '', app = ''] = namesOf();
    const own = (type: string, name: string) => ({
      id: `${groupId('rg-vaultcast-prod')}/providers/${type}/${name}`,
      name,
      type,
    });
    const resources = [
      team,
      weu,
      own('Microsoft.Storage/storageAccounts', host),
      own('Microsoft.Storage/storageAccounts', registry),
      own('Microsoft.Web/sites', app),
    ];
    expect((await findingsIn({ resources, taken: namesOf() })).problems).toEqual([]);
  });

  it.each([
    ['1.24.0', 1],
    ['1.9.3', 1],
    ['0.7.0-beta.1', 1],
    ['1.24.1', 0],
    ['1.32.0-beta.1', 0],
    ['2.0.0', 0],
  ])('has %s of azd: %i problem', async (version, count) => {
    const stdout = JSON.stringify({ azd: { version, commit: 'x' } });
    const azd: RunAz = () => Promise.resolve({ ended: 'done', status: 0, stdout, stderr: '' });
    const { findings } = await preflight(runIn(aWorld()), parameters(), {}, azd);
    expect(findings.map(({ text }) => text)).toEqual(
      Array.from({ length: count }, () =>
        expect.stringContaining(`azd ${version} deletes the resource groups`),
      ),
    );
  });

  it('asks nothing of an azd that is not there', async () => {
    const azd: RunAz = () => Promise.resolve({ ended: 'missing', status: 127, stdout: '', stderr: '' });
    expect((await preflight(runIn(aWorld()), parameters(), {}, azd)).findings).toEqual([]);
  });

  it('tells an older variable of azd by its new name', async () => {
    const { problems } = await findingsIn({}, {}, { VAULTCAST_OPERATORS_GROUP_ID: 'g' });
    expect(problems).toEqual([expect.objectContaining({ command: 'azd env set VAULTCAST_OPERATORS_ID g' })]);
  });

  it('still says what is wrong with the parameters when nobody is signed in', async () => {
    const { problems } = await findingsIn({ signedIn: false }, { environmentName: 'my_prod' });
    expect(problems.map(({ text }) => text)).toEqual([
      expect.stringContaining('environmentName: my_prod'),
      'The Azure CLI is not signed in any more.',
    ]);
    expect(problems[1]?.command).toBe('az login');
  });

  it('takes the subscription of the sign-in when azd passes none', async () => {
    const { problems } = await findingsIn({}, {}, { AZURE_SUBSCRIPTION_ID: '' });
    expect(problems).toEqual([]);
  });

  it.each(['West Europe', 'WESTEUROPE', 'westeurope'])(
    'knows %s for the region of the group and the vault',
    async (location) => {
      const resources = [team, weu, aGroup('rg-vaultcast-prod', 'westeurope')];
      const runtimes = { [location.toLowerCase()]: ['24'] };
      expect(await findingsIn({ resources, runtimes }, { location })).toMatchObject({
        problems: [],
        notes: [],
      });
    },
  );

  it('lets a topic pass that a person names as it is', async () => {
    const resources = [team, weu, aTopic('theirs', vaultId('kv-team'), 'SystemAssigned')];
    for (const systemTopic of ['theirs', 'RG-vaults/theirs']) {
      const vaults = [{ alias: 'team', id: vaultId('kv-team'), systemTopic }];
      expect((await findingsIn({ resources }, { vaults })).problems).toEqual([]);
    }
  });
});
