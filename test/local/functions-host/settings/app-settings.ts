/** Replaces every `%NAME%` by the app setting of that name. @throws Error when there is none */
export function resolveSettings(text: string, env: NodeJS.ProcessEnv): string {
  return text.replaceAll(/%([^%]+)%/g, (reference, name: string) => {
    const value = env[name];
    if (value === undefined) throw new Error(`'${reference}' does not resolve to a value.`);
    return value;
  });
}

/** A binding's `connection` names the app setting that holds a connection string, with or without `AzureWebJobs`. */
export function connectionString(connection: unknown, env: NodeJS.ProcessEnv): string {
  const name = typeof connection === 'string' && connection !== '' ? connection : 'Storage';
  const value = env[name] ?? env[`AzureWebJobs${name}`];
  if (value === undefined)
    throw new Error(`no app setting ${name} or AzureWebJobs${name} with a connection string`);
  return value;
}

export const isDisabled = (name: string, env: NodeJS.ProcessEnv): boolean =>
  ['true', '1'].includes(env[`AzureWebJobs.${name}.Disabled`]?.toLowerCase() ?? '');
