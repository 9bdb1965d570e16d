const ROLES = { secret: 'Key Vault Secrets User', certificate: 'Key Vault Certificate User' } as const;

/**
 * The command that lets the identity read what a failure of a vault is about: Key Vault has a role of its own for certificates.
 * Its message tells which (`vault team, certificate web: …`), and is all that rows keep.
 */
export function grantRole(message: string): string {
  const role = /^(?:.*[ :])?vault [a-z0-9-]+, certificate [a-z0-9-]+: /.test(message)
    ? ROLES.certificate
    : ROLES.secret;
  return `az role assignment create --role "${role}" --assignee-object-id OBJECT_ID --scope VAULT_ID`;
}
