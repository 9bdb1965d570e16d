/** Key Vault's way to say which token it wants; every other server takes none or any. */
export const CHALLENGE =
  'Bearer authorization="https://login.localhost/tenant", resource="https://vault.localhost"';
