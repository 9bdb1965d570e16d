import { getFrom } from '../az/answer.ts';
import type { RunAz } from '../az/run.ts';
import { type Finding, note, problem, unanswered } from './finding.ts';
import { resourceId, type ResourceId, VAULTS } from './ids.ts';
import type { Parameters } from './parameters.ts';

/** https://github.com/Azure/azure-rest-api-specs: keyvault, stable/2023-07-01, getVault.json */
interface Vault {
  location: string;
  properties: {
    enableRbacAuthorization?: boolean;
    publicNetworkAccess?: string;
    networkAcls?: { defaultAction?: string };
  };
}

/** Every vault that the app reads: there, with Azure RBAC, and open to where the app is. */
export async function vaultFindings(run: RunAz, given: Parameters): Promise<Finding[]> {
  const listed = [...given.vaults.map(({ id }) => id), given.credentialVaultId];
  const ids = listed.flatMap((id) => resourceId(id, VAULTS) ?? []);
  const found = await Promise.all(ids.map((id) => oneVault(run, id, given)));
  return found.flat();
}

async function oneVault(run: RunAz, id: ResourceId, given: Parameters): Promise<Finding[]> {
  const answer = await getFrom(run, id.id, '2023-07-01');
  if (!answer.ok) return [unanswered(answer, `vault ${id.name}`)];
  const { location, properties } = answer.json as Vault;
  return [
    ...(properties.enableRbacAuthorization === true ? [] : [accessPolicies(id)]),
    ...(isOpen(properties) || given.network !== 'none' ? [] : [firewall(id)]),
    ...(location.toLowerCase() === given.location.toLowerCase() ? [] : [elsewhere(id, location)]),
  ];
}

const isOpen = ({ publicNetworkAccess, networkAcls }: Vault['properties']): boolean =>
  publicNetworkAccess?.toLowerCase() !== 'disabled' && networkAcls?.defaultAction?.toLowerCase() !== 'deny';

const accessPolicies = ({ name, group, subscription }: ResourceId): Finding =>
  problem(
    `vault ${name} uses access policies: a role on it would mean nothing. Its policies stop counting when it changes.`,
    `az keyvault update --name ${name} --resource-group ${group} --subscription ${subscription} --enable-rbac-authorization true`,
  );

const firewall = ({ name }: ResourceId): Finding =>
  problem(`vault ${name} has a firewall, and the app no fixed address: choose network new or existing.`);

const elsewhere = ({ name }: ResourceId, location: string): Finding =>
  note(`vault ${name} is in ${location}: its system topic will be there, too.`);
