import { z } from 'zod';
import { listFrom } from '../az/answer.ts';
import type { RunAz } from '../az/run.ts';
import { type Finding, problem, unanswered } from './finding.ts';
import { CLUSTERS, groupScope, isWide, resourceId, sameId, subnetId, VAULTS } from './ids.ts';
import type { Parameters } from './parameters.ts';

/** https://github.com/Azure/azure-rest-api-specs: authorization, stable/2022-04-01, GetPermissions.json */
const PERMISSION = z.object({ actions: z.array(z.string()), notActions: z.array(z.string()) });
type Permission = z.infer<typeof PERMISSION>;

const DEPLOY = 'Microsoft.Resources/deployments/write';
const ASSIGN = 'Microsoft.Authorization/roleAssignments/write';
const OF_APP = [
  DEPLOY,
  ASSIGN,
  'Microsoft.Resources/subscriptions/resourceGroups/write',
  'Microsoft.Web/sites/write',
  'Microsoft.Storage/storageAccounts/write',
];
/** Where a system topic stands: its subscription, and the alert about what it could not deliver. */
const OF_TOPIC = [
  DEPLOY,
  'Microsoft.EventGrid/systemTopics/eventSubscriptions/write',
  'Microsoft.Insights/metricAlerts/write',
];
const OF_VAULT = [...OF_TOPIC, ASSIGN, 'Microsoft.EventGrid/systemTopics/write'];
const OF_CLUSTER = [DEPLOY, ASSIGN];
const OF_SUBNET = ['Microsoft.Network/virtualNetworks/subnets/join/action'];

/** What the deployer must be allowed to do, and where; a scope that several need is asked once. */
function wanted(
  { vaults, credentialVaultId, clusters, appSubnetId, endpointSubnetId }: Parameters,
  subscription: string,
  topicGroups: readonly string[],
): Map<string, string[]> {
  const needs = new Map<string, string[]>();
  const need = (scopes: readonly string[], actions: readonly string[]): void => {
    for (const one of scopes) {
      // Azure spells a resource group now as it was made, now in capitals.
      const scope = [...needs.keys()].find((other) => sameId(one, other)) ?? one;
      needs.set(scope, [...new Set([...(needs.get(scope) ?? []), ...actions])]);
    }
  };
  need([`/subscriptions/${subscription}`], OF_APP);
  need(topicGroups, OF_TOPIC);
  need(
    vaults.flatMap(({ id }) => groupsOf(id, VAULTS)),
    OF_VAULT,
  );
  need(groupsOf(credentialVaultId, VAULTS), OF_CLUSTER);
  need(
    clusters.flatMap((id) => (isWide(id) ? [id] : groupsOf(id, CLUSTERS))),
    OF_CLUSTER,
  );
  need(
    [appSubnetId, endpointSubnetId].flatMap((id) => subnetId(id)?.scope ?? []),
    OF_SUBNET,
  );
  return needs;
}

function groupsOf(id: string, type: string): string[] {
  const found = resourceId(id, type);
  return found === undefined ? [] : [groupScope(found.subscription, found.group)];
}

/** `topicGroups`: where system topics stand that vaults have already. */
export async function rightFindings(
  run: RunAz,
  given: Parameters,
  subscription: string,
  topicGroups: readonly string[],
): Promise<Finding[]> {
  const needs = wanted(given, subscription, topicGroups);
  const asked = [...needs].map(([scope, actions]) => rightsAt(run, scope, actions));
  return (await Promise.all(asked)).flat();
}

async function rightsAt(run: RunAz, scope: string, actions: readonly string[]): Promise<Finding[]> {
  const path = `${scope}/providers/Microsoft.Authorization/permissions`;
  const answer = await listFrom(run, path, '2022-04-01', PERMISSION);
  if (!answer.ok) return [unanswered(answer, scope)];
  const missing = actions.filter((action) => !answer.json.some((one) => allows(one, action)));
  if (missing.length === 0) return [];
  return [
    problem(
      `${scope}: you may not ${missing.join(', ')}. Ask for Owner there, or Contributor with User Access Administrator; it takes a few minutes to count.`,
    ),
  ];
}

const allows = ({ actions, notActions }: Permission, action: string): boolean =>
  actions.some((pattern) => covers(pattern, action)) &&
  !notActions.some((pattern) => covers(pattern, action));

/** `Microsoft.Web/*` and the like; case does not count. */
function covers(pattern: string, action: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 'i').test(action);
}
