import { type Environment, isResourceId, substitute } from './parameters.ts';

interface ParametersFile {
  parameters: Record<string, { value: unknown }>;
}

const VAULT_HINT = 'azd env set VAULTCAST_VAULT_ID "$(az keyvault show --name NAME --query id --output tsv)"';
const CLUSTER_HINT =
  'azd env set VAULTCAST_CLUSTER_ID "$(az aks show -g GROUP -n NAME --query id --output tsv)"';

/**
 * What is wrong with main.parameters.json once its variables are filled in, all at once. ARM would say the same after
 * minutes, one problem at a time, and in its own words.
 */
export function parameterProblems(text: string, environment: Environment): string[] {
  const { parameters } = JSON.parse(substitute(text, environment)) as ParametersFile;
  return [
    ...nameProblems(parameters['environmentName']?.value),
    ...vaultProblems(parameters['vaults']?.value),
    ...clusterProblems(parameters['clusters']?.value),
  ];
}

function nameProblems(name: unknown): string[] {
  const fits = typeof name === 'string' && /^[a-z0-9](?:[a-z0-9-]{1,18})[a-z0-9]$/.test(name);
  return fits ? [] : ['environmentName: 3 to 20 of a-z, 0-9 and "-"; choose it with `azd env new NAME`'];
}

function vaultProblems(vaults: unknown): string[] {
  if (!Array.isArray(vaults) || vaults.length === 0) return ['vaults: name at least one vault'];
  return vaults.flatMap((vault: { alias?: unknown; id?: unknown }, i) => [
    ...(/^[a-z0-9-]{3,24}$/.test(String(vault.alias))
      ? []
      : [`vaults[${i}].alias: 3 to 24 of a-z, 0-9 and "-"`]),
    ...(isResourceId(vault.id, 'Microsoft.KeyVault/vaults')
      ? []
      : [`vaults[${i}].id: the resource id of a Key Vault; ${VAULT_HINT}`]),
  ]);
}

/** One empty entry is the variable of the shipped file left unset: clusters can be added later. */
function clusterProblems(clusters: unknown): string[] {
  if (!Array.isArray(clusters)) return ['clusters: a list of resource ids'];
  if (clusters.length === 1 && clusters[0] === '') return [];
  return clusters.flatMap((id: unknown, i) =>
    isResourceId(id, 'Microsoft.ContainerService/managedClusters')
      ? []
      : [`clusters[${i}]: the resource id of an AKS cluster; ${CLUSTER_HINT}`],
  );
}
