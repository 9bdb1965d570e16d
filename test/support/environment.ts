import { readConfig, sentencesOf, type Config } from '../../shared/config/config.ts';

export type Env = Readonly<Record<string, string | undefined>>;

export const anEnvironment = (overrides: Env = {}): Env => ({
  VAULTS: 'team=https://team.vault.azure.net',
  REGISTRY__tableServiceUri: 'https://registry.table.core.windows.net',
  AzureWebJobsStorage__accountName: 'vaultcasthost',
  WEBSITE_SITE_NAME: 'vaultcast-prod',
  ...overrides,
});

/** The configuration of an environment that must have no problem; entries that are left out are no problem of it. */
export function config(overrides: Env = {}): Config {
  const read = readConfig(anEnvironment(overrides));
  if ('problems' in read) throw new Error(read.problems.join('\n'));
  return read.config;
}

/** What is said of entries that an environment must lose, and the rest be served. */
export function leftOut(overrides: Env = {}): string[] {
  const read = readConfig(anEnvironment(overrides));
  if ('problems' in read) throw new Error(read.problems.join('\n'));
  return sentencesOf(read.leftOut);
}

export function problems(overrides: Env = {}): string[] {
  const read = readConfig(anEnvironment(overrides));
  return 'problems' in read ? read.problems : [];
}
