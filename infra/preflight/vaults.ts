import { z } from 'zod';
import { getFrom } from '../az/answer.ts';
import type { RunAz } from '../az/run.ts';
import { type Finding, note, problem, unanswered } from './finding.ts';
import { resourceId, type ResourceId, sameId, sameRegion, VAULTS } from './ids.ts';
import type { Parameters } from './parameters.ts';

/** https://github.com/Azure/azure-rest-api-specs: keyvault, stable/2023-07-01, getVault.json */
const VAULT = z.object({
  location: z.string(),
  properties: z.object({
    tenantId: z.string().nullish(),
    enableRbacAuthorization: z.boolean().nullish(),
    publicNetworkAccess: z.string().nullish(),
    networkAcls: z.object({ defaultAction: z.string().nullish() }).nullish(),
  }),
});
type Vault = z.infer<typeof VAULT>;

/** Every vault that the app reads: there, with Azure RBAC, and open to where the app is. */
export async function vaultFindings(run: RunAz, given: Parameters, tenant: string): Promise<Finding[]> {
  const listed = [...given.vaults.map(({ id }) => id), given.credentialVaultId];
  const ids = listed.flatMap((id) => resourceId(id, VAULTS) ?? []);
  const found = await Promise.all(ids.map((id) => oneVault(run, id, given, tenant)));
  return found.flat();
}

async function oneVault(run: RunAz, id: ResourceId, given: Parameters, tenant: string): Promise<Finding[]> {
  const answer = await getFrom(run, id.id, '2023-07-01', VAULT);
  if (!answer.ok) return [unanswered(answer, `vault ${id.name}`)];
  const { location, properties } = answer.json;
  return [
    ...(sameId(properties.tenantId ?? tenant, tenant) ? [] : [ofAnother(id)]),
    ...(properties.enableRbacAuthorization === true ? [] : [accessPolicies(id)]),
    ...(isOpen(properties) || given.network !== 'none' ? [] : [firewall(id)]),
    ...(sameRegion(location, given.location) ? [] : [elsewhere(id, location)]),
  ];
}

const isOpen = ({ publicNetworkAccess, networkAcls }: Vault['properties']): boolean =>
  publicNetworkAccess?.toLowerCase() !== 'disabled' && networkAcls?.defaultAction?.toLowerCase() !== 'deny';

/** As a subscription's vaults stay when it moves to another tenant. */
const ofAnother = ({ name }: ResourceId): Finding =>
  problem(
    `vault ${name} belongs to another tenant than your sign-in, and takes no token of the app: see https://learn.microsoft.com/azure/key-vault/general/move-subscription.`,
  );

const accessPolicies = ({ name, group, subscription }: ResourceId): Finding =>
  problem(
    `vault ${name} uses access policies: a role on it would mean nothing. Its policies stop counting when it changes.`,
    `az keyvault update --name ${name} --resource-group ${group} --subscription ${subscription} --enable-rbac-authorization true`,
  );

const firewall = ({ name }: ResourceId): Finding =>
  problem(`vault ${name} has a firewall, and the app no fixed address: choose network new or existing.`);

const elsewhere = ({ name }: ResourceId, location: string): Finding =>
  note(`vault ${name} is in ${location}: its system topic will be there, too.`);
