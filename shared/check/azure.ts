/**
 * Azure's own words where an AKS cluster decides with Azure RBAC, in a 403 and as the reason of an access review.
 * https://learn.microsoft.com/azure/aks/manage-azure-rbac
 */
export const REFUSED_BY_AZURE = 'User does not have access to the resource in Azure';

export function isAzuresRefusal(text: string): boolean {
  return text.includes(REFUSED_BY_AZURE);
}

/** The command that gives a role of infra/kubernetes-roles.bicep on a cluster, or on one namespace of it. */
export function assignRole(role: 'namespaces' | 'secrets', scope: string, user: string): string {
  return `az role assignment create --role "vaultcast ${role}" --scope ${scope} --assignee-object-id ${user} --assignee-principal-type ServicePrincipal (the role itself, once: infra/kubernetes-roles.bicep)`;
}
