/** Environment as azd gives it to hooks: its own variables and the outputs of the templates. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** `${NAME}` and `${NAME=default}`, as azd itself fills in main.parameters.json. */
export function substitute(text: string, environment: Environment): string {
  return text.replace(/\$\{(\w+)(?:=([^}]*))?\}/g, (_, name: string, fallback?: string) => {
    const value = environment[name] ?? '';
    return value === '' ? (fallback ?? '') : value;
  });
}

const RESOURCE_ID =
  /^\/subscriptions\/[0-9a-f-]{36}\/resourceGroups\/[^/]+\/providers\/([^/]+\/[^/]+)\/[^/]+$/i;

/** Whether `id` is the ARM id of a resource of this type, such as `Microsoft.KeyVault/vaults`. */
export function isResourceId(id: unknown, type: string): boolean {
  return typeof id === 'string' && RESOURCE_ID.exec(id)?.[1]?.toLowerCase() === type.toLowerCase();
}
