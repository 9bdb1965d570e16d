const PREFIX = 'AzureFunctionsJobHost__';

type Tree = { [key: string]: unknown };

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null;

function withValue(json: unknown, [key = '', ...rest]: readonly string[], value: unknown): Tree {
  const object = isTree(json) ? json : {};
  // Names of settings ignore case, as .NET configuration does.
  const known = Object.keys(object).find((name) => name.toLowerCase() === key.toLowerCase()) ?? key;
  return { ...object, [known]: rest.length === 0 ? value : withValue(object[known], rest, value) };
}

/**
 * host.json with the app settings that override parts of it: `AzureFunctionsJobHost__extensions__queues__batchSize`.
 *
 * https://learn.microsoft.com/azure/azure-functions/functions-host-json#override-hostjson-values
 */
export function overridden(hostJson: unknown, env: NodeJS.ProcessEnv): unknown {
  const overrides = Object.entries(env).filter(([name]) => name.startsWith(PREFIX));
  return overrides.reduce<unknown>((json, [name, text = '']) => {
    const value = /^\d+$/.test(text) ? Number(text) : text;
    return withValue(json, name.slice(PREFIX.length).split('__'), value);
  }, hostJson);
}
