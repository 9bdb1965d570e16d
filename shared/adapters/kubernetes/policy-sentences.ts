/** What the policies of infra/kubernetes say when they refuse a write of vaultcast's; `{}` stands for a name. */
export const POLICY_TEXTS = [
  'Secret {}/{} is not managed by this instance of vaultcast: it is not changed, adopted or deleted',
  'labels app.kubernetes.io/managed-by and vaultcast.dev/instance and annotation vaultcast.dev/target must say that it is a Secret of this instance',
  'owner references are not written, for the garbage collector deletes what they say',
  'label or annotation {} is neither one of vaultcast nor in the setting allowedMetadata',
  'Secrets of type {} are credentials of the cluster: they are not written',
  'annotation vaultcast.dev/sources must list the secrets it is made of as vault/name@version:created',
  'namespace {} accepts no secrets (annotation vaultcast.dev/accept is missing)',
  'secret {} is not accepted by namespace {}',
  'Secret {}/{} is managed by vaultcast: change the secret in Key Vault, or its route; only the break-glass group may change or delete it here',
  'Secret {}/{} would be one that vaultcast manages: only vaultcast itself and the groups adopterGroup and breakGlassGroup may make it so',
  'Secret {}/{} has owner references, by which others could have it deleted: take them off before vaultcast manages it',
] as const;

/** The same, each with a group for every name. */
export const POLICY_SENTENCES: readonly RegExp[] = POLICY_TEXTS.map((text) => {
  const parts = text.split('{}').map((part) => part.replace(/[.()]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join(String.raw`(\S{1,380})`)}$`);
});
