import type { Env } from '../../shared/config/storage.ts';
import { readConfig, type Config } from '../../shared/config/config.ts';

export type { Env } from '../../shared/config/storage.ts';

export const anEnvironment = (overrides: Env = {}): Env => ({
  VAULTS: 'team=https://team.vault.azure.net',
  REGISTRY__tableServiceUri: 'https://registry.table.core.windows.net',
  AzureWebJobsStorage__accountName: 'vaultcasthost',
  WEBSITE_SITE_NAME: 'vaultcast-prod',
  ...overrides,
});

/** The configuration of an environment that must have no problem. */
export function config(overrides: Env = {}): Config {
  const read = readConfig(anEnvironment(overrides));
  if ('problems' in read) throw new Error(read.problems.join('\n'));
  return read.config;
}

export function problems(overrides: Env = {}): string[] {
  const read = readConfig(anEnvironment(overrides));
  return 'problems' in read ? read.problems : [];
}
