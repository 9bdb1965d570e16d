import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Deployment } from '../bicep/deployment.ts';
import { plain } from '../bicep/deferred.ts';
import { INFRA } from '../bicep/file.ts';

/** One request to storage: what it is about, below its account, and whether it changes anything. */
export interface Use {
  account: string;
  kind: 'queue' | 'table';
  name: string;
  writes: boolean;
}

const ROLES = JSON.parse(readFileSync(join(INFRA, 'roles.json'), 'utf8')) as Record<string, { id: string }>;

/** Roles of https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/storage that allow a use. */
const ALLOWING = {
  queue: { read: ['storageQueueDataContributor'], write: ['storageQueueDataContributor'] },
  table: {
    read: ['storageTableDataContributor', 'storageTableDataReader'],
    write: ['storageTableDataContributor'],
  },
} as const;

interface Assignment {
  scope: string;
  role: string;
}

/** Where a principal has which role, as the template assigns them. */
function assignmentsOf({ resources }: Deployment, principal: string): Assignment[] {
  return resources.flatMap(({ type, id, body }) => {
    if (type !== 'Microsoft.Authorization/roleAssignments' || typeof id !== 'string') return [];
    const { principalId, roleDefinitionId } = plain(body['properties']) as Record<string, string>;
    const [scope = ''] = id.split('/providers/Microsoft.Authorization/');
    return principalId === principal
      ? [{ scope, role: String(roleDefinitionId).split('/').at(-1) ?? '' }]
      : [];
  });
}

/** Where the local host keeps the leases of timers. The real one takes a blob, which needs this role on the account. */
const LEASES = { queue: 'azure-webjobs-timers-', role: ROLES['storageBlobDataOwner']?.id };

/** Whether the template lets the principal do this. */
export function rightsOf(deployment: Deployment, principal: string): (use: Use) => boolean {
  const assignments = assignmentsOf(deployment, principal);
  return ({ account, kind, name, writes }) => {
    const ofAccount = `/storageAccounts/${account}`;
    if (name.startsWith(LEASES.queue))
      return assignments.some(({ scope, role }) => role === LEASES.role && scope.endsWith(ofAccount));
    const below = `${ofAccount}/${kind}Services/default/${kind}s/${name}`;
    const roles = ALLOWING[kind][writes ? 'write' : 'read'].map((role) => ROLES[role]?.id);
    return assignments.some(
      ({ scope, role }) => roles.includes(role) && (scope.endsWith(below) || scope.endsWith(ofAccount)),
    );
  };
}
